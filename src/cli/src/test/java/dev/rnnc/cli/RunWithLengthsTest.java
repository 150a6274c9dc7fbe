package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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

/** {@code rnnc run} over sequences of different length and over models that read the step before. */
class RunWithLengthsTest extends CommandLineTest {
    private Path model;
    private Path weights;
    private Path out;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    /** A running sum of x, which needs no weights but a factor of 2. */
    @BeforeEach
    void writeModelAndWeights() throws IOException {
        model = file("sum.rnn", """
                cell total(x[X]) -> s[X] {
                  state s[X]
                  param w[X] ~ constant(2)
                  s' = s + w * x
                }
                model Sum {
                  input  x    : real[1] sequence
                  input  word : token(3) sequence
                  target y    : real[1] sequence
                  layer  t    = total(x)
                  layer  e    = one_hot(word)
                  output z    = t
                  loss sum(t * y)
                }
                """);
        weights = tensors("w", Map.of("t.w", Tensor.ofFloats(List.of(1), new float[] {2})));
        out = folder.resolve("out.safetensors");
    }

    @Test
    void eachSequenceEndsAtItsLengthWhateverStandsBehind() throws IOException {
        Map<String, Tensor> data = data();
        data.put("x", Tensor.ofFloats(List.of(3, 2, 1), new float[] {1, 10, 2, Float.NaN, 3, Float.NaN}));
        data.put("x.lengths", Tensor.ofLongs(List.of(2), new long[] {3, 1}));
        data.put("word", Tensor.ofInts(List.of(2, 2), new int[] {0, -1, 2, -1}));
        data.put("word.lengths", Tensor.ofInts(List.of(2), new int[] {2, 0}));

        Map<String, Tensor> results = run(data);

        assertThat(results.get("z").shape()).containsExactly(3, 2, 1);
        assertThat(results.get("z").floats()).containsExactly(2, 20, 6, 0, 12, 0);
        assertThat(results.get("final.t.s").floats()).containsExactly(12, 20);
        assertThat(results.get("e").shape()).containsExactly(2, 2, 3);
        assertThat(results.get("e").floats()).containsExactly(1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
        assertThat(results.get("loss").doubles()[0]).isCloseTo(2 + 6 + 12 + 20, within(1e-5));
        assertThat(results.get("grad.x").floats()).containsExactly(6, 2, 4, 0, 2, 0);
    }

    @Test
    void wrongLengthsAreNamed() throws IOException {
        fails("x.lengths", Tensor.ofFloats(List.of(2), new float[2]), "'x.lengths' holds F32", "whole numbers");
        fails("x.lengths", Tensor.ofInts(List.of(3), new int[3]), "'x.lengths' has shape [3], but [2] is expected");
        fails("x.lengths", Tensor.ofInts(List.of(2), new int[] {1, 4}), "'x.lengths' holds 4 at [1]", "0 to 3");
        fails("x.lengths", Tensor.ofInts(List.of(2), new int[] {-1, 3}), "'x.lengths' holds -1 at [0]", "0 to 3");
        fails("word", Tensor.ofInts(List.of(1, 2), new int[] {0, -1}), "'word' holds token -1 at [0, 1]");
    }

    @Test
    void sequencesThatMeetHaveTheSameSteps() throws IOException {
        fails(
                "y",
                Tensor.ofFloats(List.of(2, 2, 1), new float[4]),
                "'y' [2, 2, 1] has 2 time steps, but 'x' [3, 2, 1] has 3",
                "together");
    }

    @Test
    void anAttentionFollowsItsQueryAndCountsTheKeysThatAreThere() throws IOException {
        model = file("look.rnn", """
                model Look {
                  input  query : real[1] sequence
                  input  keys  : real[1] sequence
                  output z = attention(query, keys)
                  output both = query + first(keys)
                }
                """);
        weights = tensors("w", Map.of());
        Map<String, Tensor> data = Map.of(
                "query", Tensor.ofFloats(List.of(2, 2, 1), new float[4]),
                "keys", Tensor.ofFloats(List.of(3, 2, 1), new float[] {1, 4, 2, 6, 6, 100}),
                "keys.lengths", Tensor.ofInts(List.of(2), new int[] {3, 2}));

        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out)
                .succeeds();

        Tensor z = SafeTensors.read(out).tensors().get("z");
        assertThat(z.shape()).containsExactly(2, 2, 1);
        assertThat(z.floats()).containsExactly(3, 5, 3, 5);
        assertThat(SafeTensors.read(out).tensors().get("both").floats()).containsExactly(1, 4, 1, 4);
    }

    @Test
    void aCellThatReadsAWholeSequenceFollowsItsOwnSteps() throws IOException {
        model = file("look.rnn", """
                cell total(x[X], keys[X] sequence, values[X] sequence) -> s[X] {
                  state s[X]
                  s' = s + attend(sum(0 * x * keys), values)
                }
                model Look {
                  input  query : real[1] sequence
                  input  keys  : real[1] sequence
                  output z = total(query, keys, keys + 1)
                }
                """);
        weights = tensors("w", Map.of());
        Map<String, Tensor> data = Map.of(
                "query", Tensor.ofFloats(List.of(2, 2, 1), new float[4]),
                "keys", Tensor.ofFloats(List.of(3, 2, 1), new float[] {1, 4, 2, 6, 6, 100}),
                "keys.lengths", Tensor.ofInts(List.of(2), new int[] {3, 2}));

        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out)
                .succeeds();

        Tensor z = SafeTensors.read(out).tensors().get("z");
        assertThat(z.shape()).containsExactly(2, 2, 1);
        assertThat(z.floats()).containsExactly(4, 6, 8, 12);
    }

    @Test
    void sequencesThatMeetMayDifferInStepsWhereLengthsSaySo() throws IOException {
        Map<String, Tensor> data = data();
        data.put("y", Tensor.ofFloats(List.of(2, 2, 1), new float[] {1, 1, 1, 1}));
        data.put("y.lengths", Tensor.ofInts(List.of(2), new int[] {2, 1}));

        Map<String, Tensor> results = run(data);

        assertThat(results.get("loss").doubles()[0]).isCloseTo(2 + 4 + 2, within(1e-5));
        assertThat(results.get("grad.x").shape()).containsExactly(3, 2, 1);
        assertThat(results.get("grad.x").floats()).containsExactly(4, 2, 2, 0, 0, 0);
    }

    @Test
    void whatPreviousReadsMustBeThere() throws IOException {
        model = file("next.rnn", """
                model Next {
                  target word : token(3) sequence
                  layer  before = one_hot(previous(word, start: 2))
                  output z = dense(before, 3)
                  loss crossentropy(z, word)
                }
                """);
        weights = tensors(
                "w",
                Map.of(
                        "z.weight", Tensor.ofFloats(List.of(3, 3), new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}),
                        "z.bias", Tensor.ofFloats(List.of(3), new float[3])));
        Path in = tensors("in", Map.of("word", Tensor.ofInts(List.of(2, 1), new int[] {1, 0})));

        rnnc("run", model, "--weights", weights, "--data", in, "--out", out).succeeds();
        assertThat(SafeTensors.read(out).tensors().get("z").floats()).containsExactly(3, 6, 9, 2, 5, 8);
        rnnc("run", model, "--weights", weights, "--data", in, "--out", out, "--gradients")
                .succeeds();
        assertThat(SafeTensors.read(out).tensors()).containsKey("loss");
        assertThat(SafeTensors.read(out).tensors().get("z").floats()).containsExactly(3, 6, 9, 2, 5, 8);

        rnnc("run", model, "--weights", weights, "--data", tensors("no", Map.of()), "--out", out)
                .fails(ExitCode.FAILED, "lacks target 'word' [T, B], which previous(word) reads");
    }

    private Map<String, Tensor> run(Map<String, Tensor> data) throws IOException {
        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out, "--gradients")
                .succeeds();
        return SafeTensors.read(out).tensors();
    }

    private void fails(String name, Tensor tensor, String... words) throws IOException {
        Map<String, Tensor> data = data();
        data.put(name, tensor);
        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out, "--gradients")
                .fails(ExitCode.FAILED, words);
        assertThat(out).doesNotExist();
    }

    /** T = 3 for x and y, T = 1 for word; B = 2. */
    private static Map<String, Tensor> data() {
        float[] ones = new float[6];
        Arrays.fill(ones, 1);
        Map<String, Tensor> data = new HashMap<>();
        data.put("x", Tensor.ofFloats(List.of(3, 2, 1), ones));
        data.put("y", Tensor.ofFloats(List.of(3, 2, 1), ones));
        data.put("word", Tensor.ofInts(List.of(1, 2), new int[2]));
        return data;
    }

    private Path tensors(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }
}
