package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import dev.rnnc.generic.TorchModel;
import dev.rnnc.project.ProjectFolder;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code rnnc run --gradients} on plain PyTorch weights gives the values that PyTorch recorded. */
class RunAgainstTorchTest extends CommandLineTest {
    private static final double OUTPUT_TOLERANCE = 2e-5;

    /** Of the largest entry. */
    private static final double GRADIENT_TOLERANCE = 2e-4;

    private static final double DOUBLE_TOLERANCE = 1e-9;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "002-rnn_tanh-i3-h5-l1-b1-t7",
                "022-rnn_relu-i33-h17-l1-b3-t20",
                "037-lstm-i1-h1-l1-b1-t1",
                "046-lstm-i16-h16-l3-b2-t11",
                "050-lstm-i20-h48-l1-b8-t16",
                "058-gru-i33-h17-l1-b3-t20",
                "064-gru-i16-h16-l3-b2-t11"
            })
    void outputsStatesAndGradientsOfRecurrentLayersAgree(String name) throws IOException {
        TensorFile recorded = recorded(name);
        Map<String, Tensor> tensors = recorded.tensors();
        int layers = Integer.parseInt(recorded.metadata().get("layers"));
        int hidden = Integer.parseInt(recorded.metadata().get("hidden"));
        String cell = recorded.metadata().get("cell");
        List<String> states = cell.equals("lstm") ? List.of("h", "c") : List.of("h");

        Map<String, Tensor> data = new LinkedHashMap<>(Map.of("x", tensors.get("x"), "gy", tensors.get("gy")));
        Map<String, double[]> expected = new LinkedHashMap<>();
        expected.put("grad.x", tensors.get("grad.x").doubles());
        StringBuilder ports = new StringBuilder();
        StringBuilder calls = new StringBuilder();
        List<String> loss = new ArrayList<>(List.of("sum(l%d * gy)".formatted(layers - 1)));
        for (int layer = 0; layer < layers; layer++) {
            List<String> initial = new ArrayList<>();
            for (String state : states) {
                String start = state + "0_l" + layer;
                String cotangent = "g" + state + "_l" + layer;
                ports.append(
                        "  input %s : real[%d]  target %s : real[%d]\n".formatted(start, hidden, cotangent, hidden));
                initial.add(state + ": " + start);
                loss.add("sum(final(l%d.%s) * %s)".formatted(layer, state, cotangent));
                data.put(start, layer(tensors.get(state + "0"), layer));
                data.put(cotangent, layer(tensors.get("g" + state + "n"), layer));
                expected.put(
                        "final.l" + layer + "." + state,
                        layer(tensors.get(state + "_n"), layer).doubles());
                expected.put(
                        "grad." + start,
                        layer(tensors.get("grad." + state + "0"), layer).doubles());
            }
            calls.append("  %s l%d = %s(%s, %d, initial: {%s})\n"
                    .formatted(
                            layer == layers - 1 ? "output" : "layer",
                            layer,
                            cell.equals("rnn_tanh") ? "rnn" : cell,
                            layer == 0 ? "x" : "l" + (layer - 1),
                            hidden,
                            String.join(", ", initial)));
        }
        expected.put("l" + (layers - 1), tensors.get("y").doubles());
        String model =
                "model Recorded {\n  input x : real[%d] sequence  target gy : real[%d] sequence\n%s%s  loss %s\n}\n"
                        .formatted(tensors.get("x").shape().get(2), hidden, ports, calls, String.join(" + ", loss));
        Map<String, String> names = new LinkedHashMap<>();
        for (int layer = 0; layer < layers; layer++) {
            for (String parameter : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
                names.put("l" + layer + "." + parameter, parameter + "_l" + layer);
            }
        }

        runAndCompare(model, tensors, names, data, expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m01-charlm-lstm", "m04-charlm-gru", "m07-charlm-rnn"})
    void lossAndGradientsOfCharacterModelsAgree(String name) throws IOException {
        Map<String, Tensor> tensors = recorded(name).tensors();
        List<Integer> table = tensors.get("param.embedding.weight").shape();
        int hidden = tensors.get("param.linear.weight").shape().get(1);
        String cell = name.substring(name.lastIndexOf('-') + 1);
        String model = """
                model Recorded {
                  input  ids  : token(%1$d) sequence
                  target next : token(%1$d) sequence
                  layer  embedding = embed(ids, %2$d)
                  layer  l0 = %3$s(embedding, %4$d)
                  layer  l1 = %3$s(l0, %4$d)
                  output linear = dense(l1, %1$d)
                  loss crossentropy(linear, next)
                }
                """.formatted(table.get(0), table.get(1), cell, hidden);
        Map<String, String> names = new LinkedHashMap<>();
        for (int layer = 0; layer < 2; layer++) {
            for (String parameter : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
                names.put("l" + layer + "." + parameter, "rnn." + parameter + "_l" + layer);
            }
        }
        List.of("embedding.weight", "linear.weight", "linear.bias").forEach(same -> names.put(same, same));

        runAndCompare(
                model,
                tensors,
                names,
                Map.of("ids", tensors.get("data.ids"), "next", tensors.get("data.target")),
                Map.of("linear", tensors.get("out").doubles()));
    }

    /** In double, where the recorded values hold to {@value #DOUBLE_TOLERANCE}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "007-rnn_tanh-i3-h5-l1-bi-b3-t7",
                "029-rnn_relu-i9-h20-l2-bi-b3-t6",
                "047-lstm-i9-h20-l2-bi-b3-t6",
                "061-gru-i3-h5-l1-bi-b3-t7",
                "016-rnn_tanh-lengths",
                "017-rnn_tanh-lengths-bi",
                "034-rnn_relu-lengths",
                "052-lstm-lengths",
                "053-lstm-lengths-bi",
                "071-gru-lengths-bi",
                "073-lstm-proj5-l1",
                "074-lstm-proj4-l2-bi"
            })
    void bidirectionalProjectedAndPaddedStacksAgree(String name) throws IOException {
        TensorFile recorded = recorded(name);
        TorchModel model = TorchModel.recurrent(new TorchCase(name, recorded));
        Map<String, Tensor> data = new LinkedHashMap<>();
        model.reals().forEach((port, values) -> data.put(port, real(recorded.tensors(), port, values, model.batch())));
        model.tokens().forEach((port, values) -> data.put(port, Tensor.ofInts(List.of(model.batch()), values)));

        runAndCompare(model, data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"m02-many-to-one-bi-lstm", "m05-many-to-one-bi-gru", "m08-many-to-one-bi-rnn"})
    void bidirectionalClassifiersAgree(String name) throws IOException {
        TensorFile recorded = recorded(name);

        runAndCompare(
                TorchModel.manyToOne(new TorchCase(name, recorded), "epochs 1"),
                Map.of(
                        "x", recorded.tensors().get("data.x"),
                        "label", recorded.tensors().get("data.target")));
    }

    @Test
    void anEncoderAndADecoderOfDifferentStepsAgree() throws IOException {
        TensorFile recorded = recorded("m10-encoder-decoder-lstm");
        Tensor source = recorded.tensors().get("data.source");
        Tensor wanted = recorded.tensors().get("data.target");
        assertThat(source.shape().getFirst()).isNotEqualTo(wanted.shape().getFirst());

        Map<String, Tensor> results = runAndCompare(
                TorchModel.encoderDecoder(new TorchCase("m10-encoder-decoder-lstm", recorded), "epochs 1"),
                Map.of("source", source, "given", recorded.tensors().get("data.target_in"), "wanted", wanted));

        assertThat(results.get("encoder").shape().getFirst())
                .isEqualTo(source.shape().getFirst());
        assertThat(results.get("linear").shape().getFirst())
                .isEqualTo(wanted.shape().getFirst());
    }

    private Map<String, Tensor> runAndCompare(TorchModel model, Map<String, Tensor> data) throws IOException {
        Map<String, double[]> expected = new LinkedHashMap<>(model.outputs());
        model.states().forEach((name, values) -> expected.put("final." + name, values));
        model.inputGradients().forEach((name, values) -> expected.put("grad." + name, values));
        return runAndCompare(
                model.text(), model.recorded().file().tensors(), model.parameters(), data, expected, DOUBLE_TOLERANCE);
    }

    /** As recorded where the case has a tensor of that name; else the start or cotangent of a state, {@code [B, H]}. */
    private static Tensor real(Map<String, Tensor> recorded, String port, double[] values, int batch) {
        Tensor same = recorded.get(port);
        return same != null ? same : Tensor.ofDoubles(List.of(batch, values.length / batch), values);
    }

    private void runAndCompare(
            String model,
            Map<String, Tensor> recorded,
            Map<String, String> names,
            Map<String, Tensor> data,
            Map<String, double[]> expected)
            throws IOException {
        runAndCompare(model, recorded, names, data, expected, 0);
    }

    /** @param tolerance of all values; 0 for those of float arithmetic */
    private Map<String, Tensor> runAndCompare(
            String model,
            Map<String, Tensor> recorded,
            Map<String, String> names,
            Map<String, Tensor> data,
            Map<String, double[]> expected,
            double tolerance)
            throws IOException {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Map<String, double[]> all = new LinkedHashMap<>(expected);
        all.put("loss", recorded.get("loss").doubles());
        names.forEach((ours, theirs) -> {
            weights.put(theirs, recorded.get("param." + theirs));
            all.put("grad." + ours, recorded.get("grad." + theirs).doubles());
        });
        Path weightFile = folder.resolve("torch.safetensors");
        Path dataFile = folder.resolve("data.safetensors");
        Path out = folder.resolve("out.safetensors");
        SafeTensors.write(weightFile, weights, Map.of());
        SafeTensors.write(dataFile, data, Map.of());
        String map = names.entrySet().stream()
                .map(name -> "\"" + name.getKey() + "\": \"" + name.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));

        rnnc(
                        "run",
                        file("recorded.rnn", model),
                        "--weights",
                        weightFile,
                        "--map",
                        file("map.json", map),
                        "--data",
                        dataFile,
                        "--out",
                        out,
                        "--gradients")
                .succeeds();

        Map<String, Tensor> results = SafeTensors.read(out).tensors();
        all.forEach((name, values) -> {
            assertThat(results).containsKey(name);
            assertClose(name, results.get(name).doubles(), values, tolerance);
        });
        return results;
    }

    private static void assertClose(String name, double[] actual, double[] expected, double given) {
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        boolean gradient = name.startsWith("grad.");
        double tolerance = given > 0
                ? given * Math.max(1, largest)
                : gradient ? GRADIENT_TOLERANCE * largest : OUTPUT_TOLERANCE * Math.max(1, largest);
        assertThat(actual).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i]))
                    .as(name + "[" + i + "]")
                    .isLessThanOrEqualTo(tolerance);
        }
    }

    /** Layer {@code layer} of {@code [layers, B, H]}. */
    private static Tensor layer(Tensor all, int layer) {
        List<Integer> shape = all.shape().subList(1, 3);
        int size = shape.get(0) * shape.get(1);
        return Tensor.ofDoubles(shape, Arrays.copyOfRange(all.doubles(), layer * size, (layer + 1) * size));
    }

    private static TensorFile recorded(String name) throws IOException {
        String override = System.getenv("RNNC_DATA");
        Path data = override == null ? ProjectFolder.ROOT.resolve("../shared/data") : Path.of(override);
        Path file = data.resolve("torch-cases/" + name + ".safetensors");
        assumeTrue(Files.exists(file), () -> "not found: " + name + " of torch-cases");
        return SafeTensors.read(file);
    }
}
