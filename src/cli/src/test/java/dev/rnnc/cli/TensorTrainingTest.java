package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code train} and {@code eval} on tensors: which of two numbers is larger, summed over a short sequence. */
class TensorTrainingTest extends CommandLineTest {
    private static final int STEPS = 3;
    private static final int EXAMPLES = 50;

    private Path model;
    private Path data;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModelAndData() throws IOException {
        model = file("larger.rnn", """
                model Larger {
                  input  x : real[2] sequence
                  target left : token(2)
                  output y = dense(last(rnn(x, 4)), 2)
                  loss crossentropy(y, left)
                  train { steps 3 batch 8 optimizer adam(rate: 0.02) epochs 25 }
                }
                """);
        data = tensors("data.safetensors", examples(EXAMPLES, STEPS));
    }

    @Test
    void trainsAndScoresAModelThatIsNoCharacterModel() throws IOException {
        Path run = folder.resolve("run");

        Outcome training = rnnc("train", model, "--data", data, "--out", run).succeeds();

        assertThat(training.out())
                .contains("42 examples of 3 steps for training and 8 for validation")
                .contains("epoch 25/25  training ", "targets/s", "best validation loss")
                .doesNotContain("perplexity", "chars/s", "sample");
        assertThat(run.toFile().list())
                .containsExactlyInAnyOrder(
                        "arguments.json",
                        "checkpoints",
                        "larger.rnn",
                        "log.jsonl",
                        "losses.png",
                        "weights.safetensors");
        assertThat(run.resolve("log.jsonl"))
                .content()
                .contains("\"targets_per_second\"")
                .doesNotContain("perplexity");
        Path weights = run.resolve("weights.safetensors");
        String score = rnnc("eval", model, "--weights", weights, "--data", data)
                .succeeds()
                .out();
        assertThat(score).startsWith("loss ").contains("(50 examples)");
        assertThat(Double.parseDouble(score.replaceAll("(?s).*accuracy ([0-9.]+) %.*", "$1")))
                .isGreaterThan(90);
        assertThat(rnnc("eval", model, "--weights", weights, "--data", data, "--json")
                        .succeeds()
                        .out())
                .contains("\"loss\" : ", "\"left\" : ", "\"examples\" : 50");
    }

    @Test
    void everyExampleCountsOnceInAScoreWhateverTheBatch() {
        Path run = folder.resolve("run");
        rnnc("train", model, "--data", data, "--epochs", 1, "--out", run).succeeds();
        Path weights = run.resolve("weights.safetensors");

        String alone = rnnc("eval", model, "--weights", weights, "--data", data, "--batch", 1)
                .succeeds()
                .out();
        assertThat(rnnc("eval", model, "--weights", weights, "--data", data).out())
                .isEqualTo(alone);
        assertThat(rnnc("eval", model, "--weights", weights, "--data", data, "--batch", 64)
                        .out())
                .isEqualTo(alone);
        assertThat(rnnc("eval", model, "--weights", weights, "--data", data, "--batch", 47)
                        .out())
                .isEqualTo(alone);
    }

    @Test
    void validatesOnAFileOfItsOwnAndTakesShorterSequences() throws IOException {
        Path other = tensors("other.safetensors", examples(9, 2));

        assertThat(rnnc("train", model, "--data", data, "--valid", other, "--epochs", 1)
                        .succeeds()
                        .out())
                .contains("50 examples of 3 steps for training and 9 for validation");
    }

    @Test
    void refusesDataThatDoNotFit() throws IOException {
        Map<String, Tensor> few = examples(15, STEPS);
        fails(few, "15 examples", "at least a batch of 8 and validation as many", "lower --batch");
        fails(examples(EXAMPLES, 4), "sequences of 4 steps", "trained on 3 at most", "--steps 4");

        Map<String, Tensor> missing = examples(EXAMPLES, STEPS);
        missing.remove("left");
        fails(missing, "lacks target 'left' [B]", "it holds x");

        Map<String, Tensor> wrong = examples(EXAMPLES, STEPS);
        wrong.put("x", Tensor.ofFloats(List.of(STEPS, EXAMPLES), new float[STEPS * EXAMPLES]));
        fails(wrong, "'x' has shape [3, 50]", "[T, B, 2] is expected");

        Map<String, Tensor> uneven = examples(EXAMPLES, STEPS);
        uneven.put("left", Tensor.ofInts(List.of(49), new int[49]));
        fails(uneven, "'left' [49] has 49 sequences", "'x' [3, 50, 2] has 50");

        Map<String, Tensor> lengths = examples(EXAMPLES, STEPS);
        int[] tooLong = new int[EXAMPLES];
        tooLong[2] = STEPS + 1;
        lengths.put("x.lengths", Tensor.ofInts(List.of(EXAMPLES), tooLong));
        fails(lengths, "'x.lengths' holds 4 at [2]", "lengths from 0 to 3");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void refusesTooFewExamplesForValidation() throws IOException {
        Path other = tensors("other.safetensors", examples(7, STEPS));

        rnnc("train", model, "--data", data, "--valid", other)
                .fails(ExitCode.FAILED, "other.safetensors' has 7 examples", "validation takes at least a batch of 8");
    }

    @Test
    void takesATextOrTensorsNotBoth() throws IOException {
        rnnc("train", model, "--data", data, "--text", file("t.txt", "abc"))
                .fails(ExitCode.USAGE, "--text and --data exclude one another");
        rnnc("train", model, "--data", file("t.txt", "abc")).fails(ExitCode.FAILED, "cannot read data");
        rnnc("train", model, "--data", folder.resolve("none")).fails(ExitCode.FAILED, "data file", "does not exist");
    }

    private void fails(Map<String, Tensor> tensors, String... words) throws IOException {
        rnnc("train", model, "--data", tensors("wrong.safetensors", tensors)).fails(ExitCode.FAILED, words);
    }

    private Path tensors(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name);
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    private static Map<String, Tensor> examples(int examples, int steps) {
        float[] x = new float[steps * examples * 2];
        float[] sum = new float[examples];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(37.0 * i * i);
            sum[i / 2 % examples] += i % 2 == 0 ? x[i] : -x[i];
        }
        int[] left = new int[examples];
        for (int n = 0; n < examples; n++) {
            left[n] = sum[n] > 0 ? 1 : 0;
        }
        return new HashMap<>(Map.of(
                "x", Tensor.ofFloats(List.of(steps, examples, 2), x), "left", Tensor.ofInts(List.of(examples), left)));
    }
}
