package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rnnc generate} on rows: what follows a file. */
class RowGenerationTest extends CommandLineTest {
    private static final String FORECAST = """
            model Forecast {
              input  x : real[1] sequence
              target y : real[1]
              output z = last(x) + dense(last(rnn(x, 4)), 1)
              loss mse(z, y)
              train { steps 4 batch 4 optimizer adam(rate: 0.01) epochs 1 }
            }
            """;

    private static final String CARRIED = """
            model Carried {
              input  x : real[1] sequence
              target y : real[1] sequence
              output z = x + dense(rnn(x, 4), 1)
              loss mse(z, y)
              train { steps 4 batch 4 optimizer adam(rate: 0.01) epochs 1 stateful }
            }
            """;

    private Path run;
    private Path weights;
    private Path csv;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void paths() throws IOException {
        run = folder.resolve("run");
        weights = run.resolve("weights.safetensors");
        csv = file("heat.csv", RowTrainingTest.series(100));
    }

    /** What 'run' says of the last row of a file that has one more than {@code csv}. */
    private String[] told(Path model, String more) throws IOException {
        Path longer = file("longer.csv", Files.readString(csv) + more + "0\n");
        Path out = folder.resolve("told.csv");
        rnnc("run", model, "--weights", weights, "--csv", longer, "--out", out).succeeds();
        return Files.readAllLines(out).getLast().split(",");
    }

    private void agreesWithRun(String text) throws IOException {
        Path model = file("m.rnn", text);
        rnnc("train", model, "--csv", csv, "--ahead", 1, "--normalize", "standard", "--out", run)
                .succeeds();

        List<String> rows = rnnc("generate", model, "--weights", weights, "--csv", csv, "--length", 2)
                .succeeds()
                .out()
                .lines()
                .toList();

        assertThat(rows).hasSize(3).first().isEqualTo("sequence,step,heat");
        assertThat(rows.get(1)).isEqualTo(String.join(",", told(model, "")));
        String[] second = rows.get(2).split(",");
        String[] told = told(model, rows.get(1).split(",")[2] + "\n");
        assertThat(second[1]).isEqualTo("102").isEqualTo(told[1]);
        assertThat(Double.parseDouble(second[2])).isCloseTo(Double.parseDouble(told[2]), within(0.01));
    }

    @Test
    void aForecastReadsWhatItForetoldInTheFilesOwnUnit() throws IOException {
        agreesWithRun(FORECAST);
    }

    @Test
    void aModelThatCarriesItsStatesGoesOnFromTheWholeSeries() throws IOException {
        agreesWithRun(CARRIED);
    }

    @Test
    void aForecastOfSeveralStepsWritesARowForEachAndGoesOn() throws IOException {
        Path model = file(
                "m.rnn",
                FORECAST.replace("y : real[1]", "y : real[3]")
                        .replace("last(x) + dense(last(rnn(x, 4)), 1)", "dense(last(rnn(x, 4)), 3)"));
        Path several = file("two.csv", "id,heat\na,1\na,2\na,3\nb,9\na,4\nb,8\nb,7\nb,6\nb,5\na,5\n");
        rnnc("train", model, "--csv", csv, "--ahead", "1..3", "--out", run).succeeds();
        Path out = folder.resolve("next.jsonl");

        rnnc(
                        "generate",
                        model,
                        "--weights",
                        weights,
                        "--csv",
                        several,
                        "--sequence-id",
                        "id",
                        "--length",
                        4,
                        "--out",
                        out)
                .succeeds();

        assertThat(Files.readAllLines(out))
                .hasSize(8)
                .element(3)
                .asString()
                .startsWith("{\"sequence\":\"a\",\"step\":9,");
        assertThat(Files.readAllLines(out)).last().asString().startsWith("{\"sequence\":\"b\",\"step\":9,\"heat\":");
        assertThat(rnnc("generate", model, "--weights", weights, "--csv", csv)
                        .succeeds()
                        .out())
                .hasLineCount(4);
        Path other = folder.resolve("other");
        rnnc("train", model, "--csv", csv, "--ahead", "0..2", "--out", other).succeeds();
        assertThat(rnnc(
                                "generate",
                                model,
                                "--weights",
                                other.resolve("weights.safetensors"),
                                "--csv",
                                csv,
                                "--length",
                                3)
                        .succeeds()
                        .out()
                        .lines()
                        .map(line -> line.split(",")[1]))
                .containsExactly("step", "101", "102", "103");
    }

    @Test
    void aTargetFarAheadIsForetoldFromTheLastWindowsOfTheFile() throws IOException {
        Path model = file("m.rnn", FORECAST);
        rnnc("train", model, "--csv", csv, "--ahead", 3, "--out", run).succeeds();

        assertThat(rnnc("generate", model, "--weights", weights, "--csv", csv)
                        .succeeds()
                        .out()
                        .lines()
                        .map(line -> line.split(",")[1]))
                .containsExactly("step", "101", "102", "103");
    }

    @Test
    void aModelThatReadsItsOwnTargetContinuesTheRows() throws IOException {
        Path model = file("m.rnn", """
                model Fed {
                  target y : real[1] sequence
                  output z = dense(rnn(previous(y), 4), 1)
                  loss mse(z, y)
                  train { steps 8 batch 4 optimizer adam(rate: 0.02) epochs 2 }
                }
                """);
        rnnc("train", model, "--csv", csv, "--split", "time:0.8", "--normalize", "standard", "--out", run)
                .succeeds();

        List<String> rows = rnnc("generate", model, "--weights", weights, "--csv", csv, "--continue", "--length", 3)
                .succeeds()
                .out()
                .lines()
                .toList();

        assertThat(rows).hasSize(4).first().isEqualTo("sequence,step,heat");
        assertThat(rows.get(1)).startsWith("1,101,");
        assertThat(Double.parseDouble(rows.get(3).split(",")[2])).isBetween(850.0, 1150.0);
        rnnc("generate", model, "--weights", weights, "--csv", csv)
                .fails(ExitCode.USAGE, "reads nothing but what it generates; add --continue");
    }

    @Test
    void anEncoderAndDecoderAnswerInTheLabelsOfTheFile() throws IOException {
        Path model = file("m.rnn", """
                model Answer {
                  input  ask   : token(10) sequence
                  target reply : token(10) sequence
                  layer e = embed(ask, 4)
                  layer h = rnn(e, 6)
                  layer d = rnn(embed(previous(reply), 4), 6, initial: final(h))
                  output z = dense(d, 10)
                  loss crossentropy(z, reply)
                  train { steps 4 batch 4 optimizer adam(rate: 0.05) epochs 60 }
                }
                """);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append(
                    i % 2 == 0
                            ? "{\"ask\": [\"how\", \"much\"], \"reply\": [\"ten\", \"end\"]}\n"
                            : "{\"ask\": [\"who\"], \"reply\": [\"me\", \"and\", \"you\", \"end\"]}\n");
        }
        rnnc("train", model, "--jsonl", file("qa.jsonl", lines.toString()), "--out", run)
                .succeeds();

        Path asked = file("asked.jsonl", "{\"ask\": [\"who\"]}\n{\"ask\": [\"how\", \"much\"]}\n");
        assertThat(rnnc("generate", model, "--weights", weights, "--jsonl", asked, "--temperature", 0, "--stop", "end")
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("sequence,step,reply", "1,1,me", "1,2,and", "1,3,you", "2,1,ten");
        rnnc("generate", model, "--weights", weights, "--jsonl", asked, "--stop", "stop")
                .fails(ExitCode.USAGE, "--stop 'stop' is not among the 5 symbols of 'reply'");
    }

    @Test
    void whatCannotBeForetoldIsSaidWithARemedy() throws IOException {
        Path model =
                file("m.rnn", FORECAST.replace("x : real[1]", "x : real[2]").replace("last(x) + ", ""));
        Path two = file("two.csv", "a,b\n" + "1,2\n3,4\n".repeat(40));
        rnnc("train", model, "--csv", two, "--target", "a", "--features", "a,b", "--ahead", 1, "--out", run)
                .succeeds();

        rnnc("generate", model, "--weights", weights, "--csv", two, "--length", 5)
                .fails(
                        ExitCode.USAGE,
                        "--length 5",
                        "would have to read 'x' (a, b)",
                        "train with --ahead 1..5 or with input and target of the same columns");
        rnnc("generate", model, "--weights", weights, "--csv", two).succeeds();
        rnnc("generate", model, "--weights", weights, "--csv", file("s.csv", "a,b\n1,2\n"))
                .fails(ExitCode.FAILED, "has 1 rows, but the model reads 4", "or a smaller --window");
        rnnc("generate", model, "--weights", weights, "--csv", csv)
                .fails(ExitCode.FAILED, "'x' was trained on 'a'", "has no column 'a'");
        rnnc("generate", model, "--weights", weights, "--csv", file("w.csv", "a,b\n1,warm\n"))
                .fails(ExitCode.FAILED, "w.csv:2: column 'b': 'warm' is not a number");
        rnnc("generate", model, "--weights", weights, "--csv", file("e.csv", ""))
                .fails(ExitCode.FAILED, "is empty");
        rnnc("generate", model, "--weights", weights, "--csv", two, "--window", -3)
                .fails(ExitCode.USAGE, "--window -3");
        rnnc("generate", model, "--weights", weights, "--csv", two, "--out", folder.resolve("o.txt"))
                .fails(ExitCode.USAGE, "name a .csv or .jsonl file");
        rnnc("generate", model, "--weights", weights, "--csv", two, "--prime", "x")
                .fails(ExitCode.USAGE, "--prime have no use with --csv");
        Path moved = Files.copy(weights, folder.resolve("moved.safetensors"));
        rnnc("generate", model, "--weights", moved, "--csv", two)
                .fails(ExitCode.FAILED, "there is no data.json beside");
        rnnc("generate", model, "--weights", weights, "--window", 3).fails(ExitCode.USAGE, "are for files of rows");
    }
}
