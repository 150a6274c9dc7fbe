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
