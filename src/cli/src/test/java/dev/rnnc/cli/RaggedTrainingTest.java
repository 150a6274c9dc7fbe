package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training and scoring on sequences of unequal length: as if each example stood alone, weighed by its valid steps. */
class RaggedTrainingTest extends CommandLineTest {
    private static final int BATCH = 5;
    private static final int STEPS = 4;
    private static final int[] READ = {4, 1, 0, 3, 2};
    private static final int[] WRITTEN = {1, 3, 2, 0, 4};
    private static final double RATE = 0.5;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    /** The number of targets of an example stands behind the model: those of the decoder, or of both together. */
    private static final String TRANSLATOR = """
            model Ragged {
              precision double
              input  read : token(6) sequence
              target written : token(5) sequence
              layer  e = bidirectional(gru(embed(read, 4), 3))
              layer  d = gru(embed(previous(written), 4), 6, initial: {h: final(e)})
              output z = dense(concat(d, attention(d, e)), 5)
              loss crossentropy(z, written)
              train { steps 4  batch 5  optimizer sgd(0.5)  epochs 1 }
            }
            """;

    private static final String TAGGER = """
            model Ragged {
              precision double
              input  read : token(6) sequence
              target written : token(5) sequence
              output z = dense(bidirectional(lstm(embed(read, 4), 3)), 5)
              loss crossentropy(z, written)
              train { steps 4  batch 5  optimizer sgd(0.5)  epochs 1 }
            }
            """;

    @ParameterizedTest
    @ValueSource(strings = {TRANSLATOR, TAGGER})
    void aBatchGivesTheLossAndTheGradientsOfItsExamplesOneByOne(String text) throws IOException {
        Path model = file("ragged.rnn", text);
        var spec = backend().check(model).model().orElseThrow().spec();
        Parameters first = new Parameters(spec);
        Initialization.fill(first, 7);
        Path weights = folder.resolve("first.safetensors");
        WeightFile.save(first, weights, Map.of());
        Map<String, Tensor> start = SafeTensors.read(weights).tensors();
        int[] counts = new int[BATCH];
        int all = 0;
        for (int b = 0; b < BATCH; b++) {
            counts[b] = text.equals(TAGGER) ? Math.min(READ[b], WRITTEN[b]) : WRITTEN[b];
            all += counts[b];
        }
        double loss = 0;
        Map<String, double[]> gradients = new LinkedHashMap<>();
        for (int b = 0; b < BATCH; b++) {
            if (counts[b] == 0) {
                continue;
            }
            Path result = folder.resolve("result.safetensors");
            rnnc(
                            "run",
                            model,
                            "--weights",
                            weights,
                            "--data",
                            alone(b, text.equals(TAGGER)),
                            "--out",
                            result,
                            "--gradients")
                    .succeeds();
            Map<String, Tensor> found = SafeTensors.read(result).tensors();
            loss += found.get("loss").doubles()[0] * counts[b] / all;
            for (var parameter : spec.parameters()) {
                double[] sum = gradients.computeIfAbsent(parameter.name(), n -> new double[parameter.size()]);
                double[] of = found.get("grad." + parameter.name()).doubles();
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += of[i] * counts[b] / all;
                }
            }
        }

        Path data = ragged();
        assertThat(loss(model, weights, data, 5)).isCloseTo(loss, within(1e-12));
        assertThat(loss(model, weights, data, 1)).isCloseTo(loss, within(1e-12));

        Path run = folder.resolve("run");
        assertThat(rnnc("train", model, "--data", data, "--valid", data, "--seed", 7, "--out", run)
                        .succeeds()
                        .out())
                .contains("5 examples of up to 4 steps");
        Map<String, Tensor> trained =
                SafeTensors.read(run.resolve("weights.safetensors")).tensors();
        for (var parameter : spec.parameters()) {
            double[] expected = start.get(parameter.name()).doubles();
            double[] gradient = gradients.get(parameter.name());
            for (int i = 0; i < expected.length; i++) {
                expected[i] -= RATE * gradient[i];
            }
            assertThat(trained.get(parameter.name()).doubles())
                    .as(parameter.name())
                    .containsExactly(expected, within(1e-12));
        }
    }

    @Test
    void accuracyCountsTheStepsThatAreThere() throws IOException {
        Path model = file("same.rnn", """
                model Same {
                  input  read : token(6) sequence
                  target written : token(6) sequence
                  output z = one_hot(read) * 9
                  loss crossentropy(z, written)
                }
                """);
        int[] read = {1, 2, 3, 4, 5, 0};
        Path data = save(
                "same.safetensors",
                Map.of(
                        "read", Tensor.ofInts(List.of(3, 2), read),
                        // Right, wrong / right, padding / right, padding.
                        "written", Tensor.ofInts(List.of(3, 2), new int[] {1, 3, 3, 5, 5, 5}),
                        "written.lengths", Tensor.ofInts(List.of(2), new int[] {3, 1})));
        Path weights = save("none.safetensors", Map.of());
        assertThat(rnnc("eval", model, "--weights", weights, "--data", data)
                        .succeeds()
                        .out())
                .contains("accuracy 75.00 %");
    }

    @Test
    void dataWithoutAStepToLearnFromAreRefused() throws IOException {
        Path model = file("ragged.rnn", TAGGER);
        Map<String, Tensor> tensors =
                new LinkedHashMap<>(SafeTensors.read(ragged()).tensors());
        tensors.put("read.lengths", Tensor.ofInts(List.of(BATCH), new int[BATCH]));
        Path empty = save("empty.safetensors", tensors);
        rnnc("train", model, "--data", ragged(), "--valid", empty)
                .fails(ExitCode.FAILED, "empty.safetensors' has no targets for validation", "length 0");
        Path weights = folder.resolve("w.safetensors");
        WeightFile.save(
                new Parameters(backend().check(model).model().orElseThrow().spec()), weights, Map.of());
        rnnc("eval", model, "--weights", weights, "--data", empty).fails(ExitCode.FAILED, "no target to measure with");
    }

    private double loss(Path model, Path weights, Path data, int batch) {
        String json = rnnc("eval", model, "--weights", weights, "--data", data, "--batch", batch, "--json")
                .succeeds()
                .out();
        return Double.parseDouble(json.replaceAll("(?s).*\"loss\" : ([0-9.eE-]+).*", "$1"));
    }

    private Path save(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name);
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    /** All examples, with what is no token at all in the padding. */
    private Path ragged() throws IOException {
        int[] read = new int[STEPS * BATCH];
        int[] written = new int[STEPS * BATCH];
        for (int i = 0; i < read.length; i++) {
            read[i] = i / BATCH < READ[i % BATCH] ? read(i / BATCH, i % BATCH) : 77;
            written[i] = i / BATCH < WRITTEN[i % BATCH] ? written(i / BATCH, i % BATCH) : -1;
        }
        return save(
                "ragged.safetensors",
                Map.of(
                        "read", Tensor.ofInts(List.of(STEPS, BATCH), read),
                        "read.lengths", Tensor.ofInts(List.of(BATCH), READ),
                        "written", Tensor.ofInts(List.of(STEPS, BATCH), written),
                        "written.lengths", Tensor.ofInts(List.of(BATCH), WRITTEN)));
    }

    /** One example; where it has no step to read, one that its length leaves out. */
    private Path alone(int b, boolean together) throws IOException {
        int written = together ? Math.min(READ[b], WRITTEN[b]) : WRITTEN[b];
        int steps = Math.max(1, READ[b]);
        int[] inputs = new int[steps];
        int[] targets = new int[written];
        for (int t = 0; t < READ[b]; t++) {
            inputs[t] = read(t, b);
        }
        for (int t = 0; t < written; t++) {
            targets[t] = written(t, b);
        }
        return save(
                "alone.safetensors",
                Map.of(
                        "read", Tensor.ofInts(List.of(steps, 1), inputs),
                        "read.lengths", Tensor.ofInts(List.of(1), new int[] {READ[b]}),
                        "written", Tensor.ofInts(List.of(written, 1), targets)));
    }

    private static int read(int t, int b) {
        return new Random(100 * t + b).nextInt(6);
    }

    private static int written(int t, int b) {
        return new Random(1000 + 100 * t + b).nextInt(5);
    }
}
