package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Training that goes on from weights. */
class FineTuningTest extends CommandLineTest {
    private Path model;
    private Path data;
    private Path weights;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModelDataAndWeights() throws IOException {
        model = file("m.rnn", """
                model Classify {
                  input  x : real[2] sequence
                  target t : token(2)
                  layer  h = gru(x, 3)
                  output y = dense(last(h), 2)
                  loss crossentropy(y, t)
                  train { steps 3  batch 2  optimizer sgd(rate: 0)  epochs 1 }
                }
                """);
        data = folder.resolve("data.safetensors");
        SafeTensors.write(
                data,
                Map.of(
                        "x", Tensor.ofFloats(List.of(3, 7, 2), new float[42]),
                        "t", Tensor.ofInts(List.of(7), new int[] {0, 0, 0, 1, 0, 0, 1})),
                Map.of());
        Map<String, Tensor> tensors = new HashMap<>();
        tensors.put("rnn.weight_ih_l0", filled(0.25f, 9, 2));
        tensors.put("rnn.weight_hh_l0", filled(0.5f, 9, 3));
        tensors.put("rnn.bias_ih_l0", filled(0.75f, 9));
        tensors.put("rnn.bias_hh_l0", filled(1f, 9));
        weights = folder.resolve("torch.safetensors");
        SafeTensors.write(weights, tensors, Map.of());
    }

    /** With a learning rate of zero training ends with what it began with. */
    @Test
    void trainingBeginsWithTheWeightsGivenAndTheRestAnew() throws IOException {
        Path map = file("head.map", """
                h.weight_ih = rnn.weight_ih_l0
                h.weight_hh = rnn.weight_hh_l0
                h.bias_ih = rnn.bias_ih_l0
                h.bias_hh = rnn.bias_hh_l0
                y.weight = initial
                y.bias = initial
                """);
        Path run = folder.resolve("run");

        rnnc("train", model, "--data", data, "--weights", weights, "--map", map, "--out", run)
                .succeeds();

        Map<String, Tensor> trained =
                SafeTensors.read(run.resolve("weights.safetensors")).tensors();
        assertThat(trained.get("h.weight_hh").doubles()).containsOnly(0.5);
        assertThat(trained.get("h.bias_hh").doubles()).containsOnly(1);
        assertThat(trained.get("y.weight").doubles()).doesNotContain(0);
        rnnc("train", model, "--data", data, "--weights", weights, "--map", "torch", "--out", folder.resolve("no"))
                .fails(ExitCode.FAILED, "y.weight [2, 3]", "y.bias [2]");
        rnnc("eval", model, "--data", data, "--weights", weights, "--map", map)
                .fails(ExitCode.FAILED, "'initial' is for training");
        rnnc("train", model, "--data", data, "--map", map).fails(ExitCode.USAGE, "name them with --weights");
    }

    @Test
    void eachEpochTellsTheMetricsOfTheValidationData() {
        Path run = folder.resolve("run");

        Outcome training = rnnc("train", model, "--data", data, "--valid", data, "--out", run)
                .succeeds();

        // Seven examples in batches of two: the last window is filled up, and nothing counts twice.
        assertThat(training.out()).containsPattern("validation [0-9.]+  accuracy (71.43|28.57) %  ");
        assertThat(run.resolve("log.jsonl"))
                .content()
                .contains("\"metrics\":{\"t\":{\"accuracy\":0.", "\"f1_classes\"");
    }

    @Test
    void aTextIsReadWithTheVocabularyBesideTheWeights() throws IOException {
        Path characters = file("chars.rnn", """
                model Chars {
                  input  text : token(5) sequence
                  target next : token(5) sequence
                  output y = dense(one_hot(text), 5)
                  loss crossentropy(y, next)
                  train { steps 4  batch 1  optimizer sgd(rate: 0)  epochs 1 }
                }
                """);
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        rnnc("train", characters, "--text", file("a.txt", "abcabc".repeat(20)), "--out", first)
                .succeeds();

        rnnc(
                        "train",
                        characters,
                        "--text",
                        file("b.txt", "cbcb".repeat(20)),
                        "--weights",
                        first.resolve("weights.safetensors"),
                        "--out",
                        second)
                .succeeds();

        assertThat(second.resolve("vocabulary.json")).hasSameTextualContentAs(first.resolve("vocabulary.json"));
        rnnc(
                        "train",
                        characters,
                        "--text",
                        file("c.txt", "abxd".repeat(20)),
                        "--weights",
                        first.resolve("weights.safetensors"))
                .fails(ExitCode.FAILED, "line 1, column 3", "\"x\"");
    }

    private static Tensor filled(float value, Integer... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        Arrays.fill(values, value);
        return Tensor.ofFloats(List.of(shape), values);
    }
}
