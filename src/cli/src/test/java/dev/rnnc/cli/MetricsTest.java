package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code eval} measures, of models without weights whose answers can be told by hand. */
class MetricsTest extends CommandLineTest {
    private Path none;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void saveNoWeights() throws IOException {
        none = tensors("none", Map.of());
    }

    /** Answers 1 2 2 for 1 2 1, and 0 for 0; the second sequence has one step. */
    private Path tagger() throws IOException {
        return file("tagger.rnn", """
                model Tagger {
                  input  read : token(4) sequence
                  target tag  : token(3) sequence
                  output z = one_hot(read)[:3] * 9
                  loss crossentropy(z, tag)
                }
                """);
    }

    private Path tags() throws IOException {
        return tensors(
                "tags.safetensors",
                Map.of(
                        "read", Tensor.ofInts(List.of(3, 2), new int[] {1, 0, 2, 1, 2, 1}),
                        "tag", Tensor.ofInts(List.of(3, 2), new int[] {1, 0, 2, 2, 1, 2}),
                        "tag.lengths", Tensor.ofInts(List.of(2), new int[] {3, 1})));
    }

    @Test
    void ofFewClassesF1AndTheTableOfAnswersAreShown() throws IOException {
        Outcome outcome = eval(tagger(), tags()).succeeds();

        assertThat(outcome.out())
                .contains(
                        "accuracy 75.00 %",
                        "(2 examples)",
                        "tag: f1 0.7778",
                        """
                  class      f1
                      0  1.0000
                      1  0.6667
                      2  0.6667
                  true\\answer  0  1  2
                            0  1  0  0
                            1  0  1  1
                            2  0  0  1
                """.indent(-2).indent(2).stripTrailing());
        assertThat(eval(tagger(), tags(), "--json").succeeds().out().replaceAll("\\s+", ""))
                .contains("\"confusion\":{\"classes\":[0,1,2],\"counts\":[[1,0,0],[0,1,1],[0,0,1]]}")
                .contains("\"f1_classes\":{\"0\":1.0,");
    }

    @Test
    void whatIsMeasuredCanBeChosen() throws IOException {
        String out = eval(tagger(), tags(), "--metrics", "edit-distance,bits")
                .succeeds()
                .out();

        // One of four symbols is wrong, in two sequences.
        assertThat(out)
                .contains("bits ", "edit distance 0.5000", "edit rate 25.00 %")
                .doesNotContain("accuracy", "f1");
        eval(tagger(), tags(), "--metrics", "speed").fails(ExitCode.USAGE, "no 'speed'", "accuracy, f1, confusion");
        eval(tagger(), tags(), "--metrics", "rmse")
                .fails(ExitCode.FAILED, "has no target that it measures", "measured by accuracy, f1");
    }

    @Test
    void answersAreWrittenBesideTheTruth() throws IOException {
        Path predictions = folder.resolve("predictions.csv");

        eval(tagger(), tags(), "--predictions", predictions).succeeds();

        assertThat(Files.readString(predictions).lines())
                .hasSize(5)
                .startsWith("target,example,step,feature,truth,answer,probability", "tag,0,0,,1,1,0.999753")
                .contains("tag,1,0,,0,0,0.999753", "tag,0,2,,1,2,0.999753");
        eval(tagger(), tags(), "--predictions", folder).fails(ExitCode.FAILED, "is a folder");
    }

    @Test
    void numbersAreMeasuredByTheirErrors() throws IOException {
        Path model = file("forecast.rnn", """
                model Forecast {
                  input  x : real[2]
                  target t : real[2]
                  output y = x * 1
                  loss mse(y, t)
                }
                """);
        Path data = tensors(
                "numbers.safetensors",
                Map.of(
                        "x", Tensor.ofFloats(List.of(2, 2), new float[] {1, 2, 0, 0}),
                        "t", Tensor.ofFloats(List.of(2, 2), new float[] {4, 6, 0, 0})));
        Path predictions = folder.resolve("numbers.csv");

        assertThat(eval(model, data, "--predictions", predictions).succeeds().out())
                .contains("t: mae 1.7500  rmse 2.5000");
        assertThat(Files.readString(predictions).lines()).contains("t,0,,1,6.0,2.0,");
    }

    @Test
    void probabilitiesAreMeasuredAsDecisions() throws IOException {
        Path model = file("alarm.rnn", """
                model Alarm {
                  input  x : real[1]
                  target t : real[1]
                  output p = sigmoid(x)
                  loss bce(p, t)
                }
                """);
        Path data = tensors(
                "alarms.safetensors",
                Map.of(
                        "x", Tensor.ofFloats(List.of(4, 1), new float[] {1, 2, -1, -2}),
                        "t", Tensor.ofFloats(List.of(4, 1), new float[] {1, 0, 0, 0})));

        assertThat(eval(model, data).succeeds().out()).contains("accuracy 75.00 %", "f1 0.7333");
    }

    /** Answers the token that it read, the step before: the true one, or its own. */
    private static final String ECHO = """
            model Echo {
              target said : token(3) sequence
              output z = one_hot(previous(said)) * 9
              loss crossentropy(z, said)
            }
            """;

    private Path said() throws IOException {
        return tensors(
                "said.safetensors",
                Map.of(
                        "said", Tensor.ofInts(List.of(3, 2), new int[] {1, 0, 2, 2, 2, 0}),
                        "said.lengths", Tensor.ofInts(List.of(2), new int[] {3, 1})));
    }

    @Test
    void sequencesAreComparedUnderTeacherForcingAndRunningFree() throws IOException {
        Path model = file("echo.rnn", ECHO);

        String out =
                eval(model, said(), "--metrics", "edit-distance").succeeds().out();

        // True are 1 2 2 and 0. Shown the truth the model answers 0 1 2 and 0, left to itself 0 0 0 and 0.
        assertThat(out)
                .contains("said, teacher forcing: edit distance 1.0000  edit rate 50.00 %")
                .contains("said, free running: edit distance 1.5000  edit rate 75.00 %");
        assertThat(eval(model, said(), "--metrics", "edit-distance", "--batch", 1)
                        .out())
                .isEqualTo(out);
        assertThat(eval(model, said(), "--json").succeeds().out().replaceAll("\\s+", ""))
                .contains("\"free_running\":{\"said\":{\"edit_distance\":1.5,\"edit_rate\":0.75}}");
    }

    @Test
    void decodedSequencesEndAtAStopThatIsGiven() throws IOException {
        Path model = file("count.rnn", """
                model Count {
                  target said : token(4) sequence
                  layer  last = one_hot(previous(said))
                  output z = concat(last[3:], last[:3]) * 9
                  loss crossentropy(z, said)
                }
                """);
        // 1 2 3, 1 3 and 1, of which the model makes 1 2 3 0.
        Path data = tensors(
                "counts.safetensors",
                Map.of(
                        "said", Tensor.ofInts(List.of(3, 3), new int[] {1, 1, 1, 2, 3, 0, 3, 0, 0}),
                        "said.lengths", Tensor.ofInts(List.of(3), new int[] {3, 2, 1})));

        assertThat(eval(model, data).succeeds().out())
                .contains("said, free running: edit distance 0.3333  edit rate 16.67 %");
        String stopped = eval(model, data, "--stop", 3).succeeds().out();
        assertThat(stopped).contains("said, free running: edit distance 0.6667  edit rate 50.00 %");
        assertThat(eval(model, data, "--stop", 3, "--batch", 1).out()).isEqualTo(stopped);
        eval(model, data, "--stop", "end").fails(ExitCode.USAGE, "--stop 'end'", "has such a symbol");
        eval(tagger(), tags(), "--stop", 1).fails(ExitCode.USAGE, "nothing is measured of sequences");
    }

    @Test
    void freeRunningReadsTheInputsAndFeedsNumbersToo() throws IOException {
        Path model = file("sum.rnn", """
                model Sum {
                  input  x : real[1] sequence
                  target t : real[1] sequence
                  output y = x + previous(t)
                  loss mse(y, t)
                }
                """);
        Path data = tensors(
                "sums.safetensors",
                Map.of(
                        "x", Tensor.ofFloats(List.of(3, 1, 1), new float[] {1, 1, 1}),
                        "t", Tensor.ofFloats(List.of(3, 1, 1), new float[] {1, 5, 6})));

        // Shown 0 1 5 the model says 1 2 6; left to itself 1 2 3.
        assertThat(eval(model, data).succeeds().out())
                .contains("t, teacher forcing: mae 1.0000  rmse 1.7321")
                .contains("t, free running: mae 2.0000  rmse 2.4495");
    }

    @Test
    void aModelThatCannotFeedItselfSaysWhy() throws IOException {
        assertThat(eval(tagger(), tags(), "--metrics", "edit-distance")
                        .succeeds()
                        .out())
                .contains("free running: not measured, model Tagger cannot generate step by step: it reads no output of"
                        + " its own");
        assertThat(eval(tagger(), tags()).succeeds().out()).doesNotContain("free running");
        Path whole = file("whole.rnn", """
                model Whole {
                  target said : token(3) sequence
                  output z = one_hot(previous(said)) * 9 + mean(one_hot(previous(said)))
                  loss crossentropy(z, said)
                }
                """);
        assertThat(eval(whole, said()).succeeds().out())
                .contains("said, teacher forcing: ", "edit distance ")
                .contains("free running: not measured, model Whole cannot generate step by step: it takes a sum, mean");
    }

    private Outcome eval(Path model, Path data, Object... more) {
        Object[] arguments = new Object[6 + more.length];
        System.arraycopy(new Object[] {"eval", model, "--weights", none, "--data", data}, 0, arguments, 0, 6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return rnnc(arguments);
    }

    private Path tensors(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name);
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }
}
