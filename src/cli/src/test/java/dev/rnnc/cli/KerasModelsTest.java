package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Whole models that Keras saved, with its recorded outputs and gradients. */
class KerasModelsTest extends CommandLineTest {
    private static final Path DATA = TorchCase.folder().resolveSibling("keras-models");

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @TestFactory
    Stream<DynamicTest> recordedModelsGiveTheirRecordedOutputs() {
        List<DynamicTest> tests = new ArrayList<>();
        for (KerasModelTexts.Text text : KerasModelTexts.all()) {
            for (String file : List.of("model.keras", "model.h5")) {
                // A mapping file has the names of one of the two.
                boolean meant = text.map().isEmpty() || file.equals("model.keras");
                if (meant
                        && (!Files.isDirectory(DATA)
                                || Files.exists(DATA.resolve(text.folder()).resolve(file)))) {
                    tests.add(DynamicTest.dynamicTest(text.folder() + ", " + file, () -> agrees(text, file)));
                }
            }
        }
        return tests.stream();
    }

    private void agrees(KerasModelTexts.Text text, String weights) throws IOException {
        requireData();
        var recorded = SafeTensors.read(DATA.resolve(text.folder()).resolve("values.safetensors"));
        List<Map<String, Tensor>> runs = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            Map<String, Tensor> values = new LinkedHashMap<>();
            for (String name : recorded.tensors().keySet().stream().sorted().toList()) {
                if (name.startsWith(run + ".")) {
                    values.put(name.substring(2), timeFirst(recorded.tensors().get(name)));
                }
            }
            runs.add(values);
        }
        if (recorded.metadata().containsKey("reset_before")) {
            // The second run goes on where the first one ended.
            Map<String, Tensor> joined = new LinkedHashMap<>();
            runs.get(0)
                    .forEach((name, tensor) ->
                            joined.put(name, joined(tensor, runs.get(1).get(name))));
            runs.set(0, joined);
            runs.remove(1);
        }
        Path model = file(text.folder() + ".rnn", text.text());
        String map = text.map().isEmpty()
                ? "keras"
                : file(text.folder() + ".map", text.map()).toString();
        for (Map<String, Tensor> run : runs) {
            if (!run.isEmpty()) {
                agrees(text, model, DATA.resolve(text.folder()).resolve(weights), map, run);
            }
        }
    }

    private void agrees(KerasModelTexts.Text text, Path model, Path weights, String map, Map<String, Tensor> run)
            throws IOException {
        Map<String, Tensor> data = new LinkedHashMap<>();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        run.forEach((name, tensor) -> {
            if (name.startsWith("in.")) {
                data.put(text.named(name.substring("in.".length())), tensor);
            } else if (name.startsWith("target.")) {
                data.put("t", tensor);
            } else if (name.startsWith("grad.")) {
                gradients.put(name.substring("grad.".length()), batchFirst(tensor));
            }
        });
        List<Object> words = new ArrayList<>(List.of("run", model, "--weights", weights, "--map", map));
        Map<String, Tensor> results = run(words, data, !gradients.isEmpty());
        run.forEach((name, tensor) -> {
            if (name.startsWith("out.")) {
                String output = text.named(name.substring("out.".length()));
                // Results in the order of a backward layer, where they meet those of a forward one, have no text.
                if (!text.folder().equals("go-backwards") || output.equals("final_step")) {
                    assertThat(results).containsKey(output);
                    assertThat(results.get(output).shape()).isEqualTo(tensor.shape());
                    assertThat(results.get(output).doubles())
                            .as(output)
                            .containsExactly(tensor.doubles(), within(1e-5));
                }
            }
        });
        if (!gradients.isEmpty()) {
            assertThat(results.get("loss").doubles()[0])
                    .isCloseTo(run.get("loss").doubles()[0], within(1e-5));
            // Gradients take the way of the weights that they are of.
            Path recorded = folder.resolve("gradients.safetensors");
            Path own = folder.resolve("own.safetensors");
            SafeTensors.write(recorded, gradients, Map.of());
            String sources = rnnc("import", model, "--weights", recorded, "--map", "keras", "--out", own)
                    .succeeds()
                    .out();
            SafeTensors.read(own).tensors().forEach((parameter, expected) -> {
                if (!sources.contains(parameter + " = zeros\n")) {
                    double most = Arrays.stream(expected.doubles())
                            .map(Math::abs)
                            .max()
                            .orElse(0);
                    assertThat(results.get("grad." + parameter).doubles())
                            .as(parameter)
                            .containsExactly(expected.doubles(), within(1e-5 * most));
                }
            });
        }
    }

    private Map<String, Tensor> run(List<Object> words, Map<String, Tensor> data, boolean gradients)
            throws IOException {
        Path in = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        SafeTensors.write(in, data, Map.of());
        words.addAll(List.of("--data", in, "--out", out));
        if (gradients) {
            words.add("--gradients");
        }
        String warnings = rnnc(words.toArray()).succeeds().err();
        if (words.contains("keras")) {
            // States that are carried are the only thing a model of these has otherwise.
            assertThat(warnings.lines().filter(line -> line.startsWith("warning") && !line.contains("stateful")))
                    .isEmpty();
        }
        return SafeTensors.read(out).tensors();
    }

    private static void requireData() {
        assumeTrue(Files.isDirectory(DATA), "needs the folder keras-models in RNNC_DATA: " + DATA);
    }

    /** [B, T, ...] as [T, B, ...]; what has no time axis as it is. */
    private static Tensor timeFirst(Tensor tensor) {
        boolean sequence = tensor.shape().size() == 3
                || tensor.shape().size() == 2 && !tensor.dtype().isFloating();
        return sequence ? swapped(tensor) : tensor;
    }

    /** Gradients of weights have no such axes. */
    private static Tensor batchFirst(Tensor tensor) {
        return tensor.shape().size() == 3 ? swapped(tensor) : tensor;
    }

    private static Tensor swapped(Tensor tensor) {
        List<Integer> shape = new ArrayList<>(tensor.shape());
        int first = shape.get(0);
        int second = shape.get(1);
        double[] values = tensor.doubles();
        double[] swapped = new double[values.length];
        int row = values.length / (first * second);
        for (int i = 0; i < first; i++) {
            for (int j = 0; j < second; j++) {
                System.arraycopy(values, (i * second + j) * row, swapped, (j * first + i) * row, row);
            }
        }
        shape.set(0, second);
        shape.set(1, first);
        if (tensor.dtype().isFloating()) {
            return Tensor.ofDoubles(shape, swapped);
        }
        return Tensor.ofInts(
                shape, Arrays.stream(swapped).mapToInt(x -> (int) x).toArray());
    }

    private static Tensor joined(Tensor one, Tensor other) {
        List<Integer> shape = new ArrayList<>(one.shape());
        shape.set(0, one.shape().getFirst() + other.shape().getFirst());
        double[] values = Arrays.copyOf(one.doubles(), one.doubles().length + other.doubles().length);
        System.arraycopy(other.doubles(), 0, values, one.doubles().length, other.doubles().length);
        return Tensor.ofDoubles(shape, values);
    }

    @Test
    void whatCannotBeReadIsRefusedByNameAndLeavesNothingBehind() throws IOException {
        requireData();
        Path model = file("reader.rnn", """
                model Reader {
                  input  x : real[4] sequence
                  layer  reader = lstm(x, 8)
                  output dense  = dense(last(reader), 2)
                }
                """);
        Path out = folder.resolve("no.safetensors");
        try (Stream<Path> folders = Files.list(DATA)) {
            for (Path refused : folders.filter(f -> f.getFileName().toString().startsWith("refuse-"))
                    .toList()) {
                Outcome outcome = rnnc("import", model, "--weights", refused.resolve("model.keras"), "--out", out)
                        .fails(ExitCode.FAILED, "weights file '" + refused);
                for (String line : Files.readAllLines(refused.resolve("must-name.txt"))) {
                    assertThat(outcome.err())
                            .as(refused.getFileName().toString())
                            .containsPattern(line);
                }
                assertThat(out).doesNotExist();
            }
        }
    }
}
