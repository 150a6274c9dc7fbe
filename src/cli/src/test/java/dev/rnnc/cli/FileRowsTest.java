package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code run}, {@code eval} and {@code generate} write leads back to the rows, labels and units of the file. */
class FileRowsTest extends CommandLineTest {
    /** Foretells the last value of a window, so that answers can be looked up in the file. */
    private static final String LAST = """
            model Last {
              input  x : real[1] sequence
              target y : real[1]
              output other = last(x) * 1
              output z = last(x) + 0 * dense(last(rnn(x, 2)), 1)
              loss mse(z, y)
              train { steps 4 batch 4 optimizer adam(rate: 0.000001) epochs 1 }
            }
            """;

    private Path weights;
    private Path run;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void paths() {
        run = folder.resolve("run");
        weights = run.resolve("weights.safetensors");
    }

    /** 60 rows, 1000 plus their number but for every sixth, which is bad. */
    private static String holed() {
        StringBuilder text = new StringBuilder("heat\n");
        for (int row = 1; row <= 60; row++) {
            text.append(row % 6 == 0 ? row % 12 == 0 ? "cold" : "1,2" : Integer.toString(1000 + row))
                    .append('\n');
        }
        return text.toString();
    }

    private List<String[]> cells(Path file) throws IOException {
        List<String[]> cells = new ArrayList<>();
        Files.readAllLines(file).forEach(line -> cells.add(line.split(",", -1)));
        return cells;
    }

    @Test
    void rowsAreNumberedAsInTheFileWhereBadOnesAreSkipped() throws IOException {
        Path model = file("m.rnn", LAST);
        Path csv = file("holed.csv", holed());
        rnnc(
                        "train",
                        model,
                        "--csv",
                        csv,
                        "--skip-bad",
                        "--ahead",
                        1,
                        "--normalize",
                        "standard",
                        "--batch",
                        1,
                        "--out",
                        run)
                .succeeds();
        Path out = folder.resolve("out.csv");
        rnnc("run", model, "--csv", csv, "--skip-bad", "--weights", weights, "--out", out)
                .succeeds();

        List<String[]> told = cells(out);
        assertThat(told.getFirst()).containsExactly("sequence", "step", "other", "heat");
        // 50 sound rows have 46 windows of 4 with a row behind them.
        assertThat(told).hasSize(1 + 46);
        for (String[] row : told.subList(1, told.size())) {
            int number = Integer.parseInt(row[1]);
            assertThat(number % 6).as("a sound row").isNotZero();
            // What is read last stands in the sound row before, and both outputs have its unit.
            int before = number % 6 == 1 ? number - 2 : number - 1;
            assertThat(Double.parseDouble(row[2])).isCloseTo(1000 + before, within(1e-2));
            assertThat(Double.parseDouble(row[3])).isCloseTo(1000 + before, within(1e-2));
        }
        assertThat(told.getLast()[1]).isEqualTo("59");
        assertThat(rnnc("generate", model, "--csv", csv, "--skip-bad", "--weights", weights)
                        .succeeds()
                        .out()
                        .lines()
                        .toList()
                        .getLast())
                .startsWith("1,61,1059");

        Path predictions = folder.resolve("predictions.csv");
        rnnc("eval", model, "--csv", csv, "--skip-bad", "--weights", weights, "--predictions", predictions)
                .succeeds();
        List<String[]> answers = cells(predictions);
        assertThat(answers.getFirst())
                .containsExactly("target", "example", "step", "feature", "truth", "answer", "probability", "row");
        for (String[] row : answers.subList(1, answers.size())) {
            assertThat(Double.parseDouble(row[4])).isCloseTo(1000 + Integer.parseInt(row[7]), within(1e-2));
        }
        assertThat(answers.getLast()[7]).isEqualTo("59");
    }

    @Test
    void rowsOfSeveralSeriesAreNumberedWithinTheirs() throws IOException {
        Path model = file("m.rnn", LAST);
        StringBuilder text = new StringBuilder("id,heat\n");
        for (int row = 1; row <= 30; row++) {
            text.append("a,")
                    .append(row == 1 || row == 8 ? "cold" : Integer.toString(1000 + row))
                    .append('\n');
            text.append("b,")
                    .append(row == 9 ? "cold" : Integer.toString(2000 + row))
                    .append('\n');
        }
        Path csv = file("two.csv", text.toString());
        rnnc(
                        "train",
                        model,
                        "--csv",
                        csv,
                        "--skip-bad",
                        "--valid",
                        csv,
                        "--sequence-id",
                        "id",
                        "--features",
                        "heat",
                        "--target",
                        "heat",
                        "--ahead",
                        1,
                        "--window",
                        4,
                        "--out",
                        run)
                .succeeds();
        Path out = folder.resolve("out.csv");
        rnnc("run", model, "--csv", csv, "--skip-bad", "--weights", weights, "--out", out)
                .succeeds();
        for (String[] row : cells(out).subList(1, 10)) {
            double value = Double.parseDouble(row[3]) - (row[0].equals("a") ? 1000 : 2000);
            int bad = row[0].equals("a") ? 8 : 9;
            int number = Integer.parseInt(row[1]);
            assertThat(value).isCloseTo(number == bad + 1 ? number - 2 : number - 1, within(1e-2));
        }
    }

    @Test
    void classesHaveTheirLabels() throws IOException {
        Path model = file("m.rnn", """
                model Tags {
                  input  x : real[1]
                  target tag : token(3)
                  output scores = dense(x, 3)
                  loss crossentropy(scores, tag)
                  train { batch 4 optimizer adam(rate: 0.01) epochs 1 }
                }
                """);
        StringBuilder text = new StringBuilder("x,tag\n");
        for (int row = 0; row < 40; row++) {
            text.append(row).append(row % 2 == 0 ? ",even\n" : ",odd\n");
        }
        Path csv = file("tags.csv", text.toString().replace("\n7,odd\n", "\nseven,odd\n"));
        rnnc("train", model, "--csv", csv, "--skip-bad", "--out", run).succeeds();
        Path predictions = folder.resolve("predictions.csv");
        assertThat(rnnc("eval", model, "--csv", csv, "--skip-bad", "--weights", weights, "--predictions", predictions)
                        .succeeds()
                        .out())
                .contains("true\\answer", "even", "odd");
        assertThat(rnnc("eval", model, "--csv", csv, "--skip-bad", "--weights", weights, "--json")
                        .succeeds()
                        .out()
                        .replaceAll("\\s", ""))
                .contains("\"even\":", "\"classes\":[\"");
        List<String[]> answers = cells(predictions);
        assertThat(answers.get(7)[1]).isEqualTo("6");
        assertThat(answers.get(8)[1]).isEqualTo("8");
        assertThat(answers.get(8)[4]).isEqualTo("even");
        assertThat(answers.get(8)[7]).isEqualTo("9");
    }

    @Test
    void theBestEpochIsThatOfTheLossThatEvalTells() throws IOException {
        Path model = file("m.rnn", LAST);
        Path csv = file("heat.csv", RowTrainingTest.series(100));
        for (int batch : new int[] {4, 7, 8}) {
            String best = rnnc(
                            "train",
                            model,
                            "--csv",
                            csv,
                            "--valid",
                            csv,
                            "--ahead",
                            1,
                            "--normalize",
                            "standard",
                            "--batch",
                            batch,
                            "--out",
                            folder.resolve("run" + batch))
                    .succeeds()
                    .out()
                    .lines()
                    .filter(line -> line.startsWith("best validation loss"))
                    .findFirst()
                    .orElseThrow();
            String loss = rnnc(
                            "eval",
                            model,
                            "--csv",
                            csv,
                            "--weights",
                            folder.resolve("run" + batch, "weights.safetensors"))
                    .succeeds()
                    .out()
                    .split("\\s+")[1];
            assertThat(best).startsWith("best validation loss " + loss + " ");
        }
    }

    @Test
    void aLossThatShardsDoNotTellIsAnErrorOfTheModelNotOfTheProgram() throws IOException {
        Path model = file("m.rnn", LAST.replace("mse(z, y)", "sqrt(mse(z, y))"));
        Path csv = file("heat.csv", RowTrainingTest.series(100));
        rnnc("train", model, "--csv", csv, "--ahead", 1, "--threads", 2)
                .fails(
                        ExitCode.FAILED,
                        "the loss of model Last is no sum of means",
                        "'threads' cannot share its batches");
    }

    @Test
    void aForecastIsOneOfWhatTheInputReadsThoughAnotherColumnIsLeft() throws IOException {
        Path model = file("m.rnn", LAST);
        StringBuilder text = new StringBuilder(",load\n");
        for (int row = 0; row < 60; row++) {
            text.append(row).append(',').append(1000 + row).append('\n');
        }
        Path csv = file("indexed.csv", text.toString());
        assertThat(rnnc("train", model, "--csv", csv, "--ahead", 1, "--features", "load", "--batch", 1)
                        .succeeds()
                        .out())
                .contains("target y: load, 1 step ahead");
    }

    @Test
    void anEmptyFirstCellDoesNotMakeTheOtherColumnTheSeries() throws IOException {
        Path model = file("m.rnn", LAST);
        StringBuilder text = new StringBuilder("t,load\n0,\n");
        for (int row = 1; row < 60; row++) {
            text.append(row).append(',').append(1000 + row).append('\n');
        }
        Path csv = file("begins-empty.csv", text.toString());
        rnnc("train", model, "--csv", csv, "--ahead", 1, "--skip-bad", "--batch", 1)
                .fails(ExitCode.FAILED, "it is not clear which columns", "It has t, load");
    }
}
