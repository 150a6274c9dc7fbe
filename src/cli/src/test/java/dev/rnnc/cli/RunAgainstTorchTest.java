package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import dev.rnnc.generic.TorchModel;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/**
 * {@code rnnc run --gradients} on plain PyTorch weights gives the values that PyTorch recorded, for every recorded case.
 * A float has 6e-8 of relative error, a sum of some hundred products some tens of those, and up to 200 steps carry it on:
 * outputs agree within {@value #OUTPUT_TOLERANCE}, gradients, which pass all steps twice, within {@value
 * #GRADIENT_TOLERANCE} of the largest entry.
 */
class RunAgainstTorchTest extends CommandLineTest {
    private static final double OUTPUT_TOLERANCE = 2e-5;

    /** Of the largest entry. */
    private static final double GRADIENT_TOLERANCE = 2e-4;

    private static final double DOUBLE_TOLERANCE = 1e-9;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @TestFactory
    Stream<DynamicTest> inFloatAllRecurrentStacksAgree() {
        return each("\\d{3}-.*", c -> runAndCompare(inFloat(TorchModel.recurrent(c)), 0));
    }

    @TestFactory
    Stream<DynamicTest> inFloatAllCharacterModelsAgree() {
        return each("m0[147]-.*", c -> runAndCompare(inFloat(TorchModel.characters(c, "epochs 1")), 0));
    }

    @TestFactory
    Stream<DynamicTest> inFloatAllBidirectionalClassifiersAgree() {
        return each("m0[258]-.*", c -> runAndCompare(inFloat(TorchModel.manyToOne(c, "epochs 1")), 0));
    }

    @TestFactory
    Stream<DynamicTest> inFloatEncodersWithDecodersOfDifferentStepsAgree() {
        return each("m10-.*", c -> encoderDecoder(c, true));
    }

    /** In double, where the recorded values hold to {@value #DOUBLE_TOLERANCE}: one case of each kind. */
    @TestFactory
    Stream<DynamicTest> inDoubleBidirectionalProjectedAndPaddedStacksAgree() {
        String names = "007|029|047|061|016|017|034|052|053|071|073|074";
        return each("(" + names + ")-.*", c -> runAndCompare(TorchModel.recurrent(c), DOUBLE_TOLERANCE));
    }

    @TestFactory
    Stream<DynamicTest> inDoubleBidirectionalClassifiersAgree() {
        return each("m0[258]-.*", c -> runAndCompare(TorchModel.manyToOne(c, "epochs 1"), DOUBLE_TOLERANCE));
    }

    @TestFactory
    Stream<DynamicTest> inDoubleEncodersWithDecodersOfDifferentStepsAgree() {
        return each("m10-.*", c -> encoderDecoder(c, false));
    }

    private interface Check {
        void of(TorchCase recorded) throws IOException;
    }

    private static Stream<DynamicTest> each(String names, Check check) {
        List<TorchCase> cases = TorchCase.matching(names);
        Executable missing =
                () -> assumeTrue(false, "needs the folder torch-cases in RNNC_DATA: " + TorchCase.folder());
        return cases.isEmpty()
                ? Stream.of(DynamicTest.dynamicTest("recorded values", missing))
                : cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> check.of(c)));
    }

    private static TorchModel inFloat(TorchModel model) {
        return model.withText(model.text().replace("precision double", ""));
    }

    private void encoderDecoder(TorchCase recorded, boolean inFloat) throws IOException {
        Map<String, Tensor> tensors = recorded.file().tensors();
        Tensor source = tensors.get("data.source");
        Tensor wanted = tensors.get("data.target");
        assertThat(source.shape().getFirst()).isNotEqualTo(wanted.shape().getFirst());
        TorchModel inDouble = TorchModel.encoderDecoder(recorded, "epochs 1");

        Map<String, Tensor> results = runAndCompare(
                inFloat ? inFloat(inDouble) : inDouble,
                Map.of("source", source, "given", tensors.get("data.target_in"), "wanted", wanted),
                inFloat ? 0 : DOUBLE_TOLERANCE);

        assertThat(results.get("encoder").shape().getFirst())
                .isEqualTo(source.shape().getFirst());
        assertThat(results.get("linear").shape().getFirst())
                .isEqualTo(wanted.shape().getFirst());
    }

    private void runAndCompare(TorchModel model, double tolerance) throws IOException {
        Map<String, Tensor> data = new LinkedHashMap<>();
        model.reals().forEach((port, values) -> data.put(port, real(model, port, values)));
        model.tokens().forEach((port, values) -> {
            boolean perSequence = values.length == model.batch();
            data.put(
                    port,
                    Tensor.ofInts(
                            perSequence ? List.of(model.batch()) : List.of(model.steps(), model.batch()), values));
        });
        runAndCompare(model, data, tolerance);
    }

    /** As recorded where the case has a tensor of that name; else the start or cotangent of a state, {@code [B, H]}. */
    private static Tensor real(TorchModel model, String port, double[] values) {
        Map<String, Tensor> recorded = model.recorded().file().tensors();
        Tensor same = recorded.getOrDefault(port, recorded.get("data." + port));
        return same != null ? same : Tensor.ofDoubles(List.of(model.batch(), values.length / model.batch()), values);
    }

    /** @param tolerance of all values; 0 for those of float arithmetic */
    private Map<String, Tensor> runAndCompare(TorchModel model, Map<String, Tensor> data, double tolerance)
            throws IOException {
        Map<String, Tensor> recorded = model.recorded().file().tensors();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Map<String, double[]> expected = new LinkedHashMap<>(model.outputs());
        model.states().forEach((name, values) -> expected.put("final." + name, values));
        model.inputGradients().forEach((name, values) -> expected.put("grad." + name, values));
        expected.put("loss", recorded.get("loss").doubles());
        model.parameters().forEach((ours, theirs) -> {
            weights.put(theirs, recorded.get("param." + theirs));
            expected.put("grad." + ours, recorded.get("grad." + theirs).doubles());
        });
        Path weightFile = folder.resolve("torch.safetensors");
        Path dataFile = folder.resolve("data.safetensors");
        Path out = folder.resolve("out.safetensors");
        SafeTensors.write(weightFile, weights, Map.of());
        SafeTensors.write(dataFile, data, Map.of());
        String map = model.parameters().entrySet().stream()
                .map(name -> "\"" + name.getKey() + "\": \"" + name.getValue() + "\"")
                .collect(Collectors.joining(", ", "{", "}"));

        rnnc(
                        "run",
                        file("recorded.rnn", model.text()),
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
        expected.forEach((name, values) -> {
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
}
