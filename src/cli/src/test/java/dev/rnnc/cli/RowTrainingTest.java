package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code train}, {@code eval} and {@code run} on rows of CSV and JSON Lines files. */
class RowTrainingTest extends CommandLineTest {
    private static final String FORECAST = """
            model Forecast {
              input  x : real[1] sequence
              target y : real[1]
              output z = last(x) + dense(last(rnn(x, 4)), 1)
              loss mse(z, y)
              train { steps 4 batch 4 optimizer adam(rate: 0.01) epochs 3 }
            }
            """;

    private static final String TAGGER = """
            model Tagger {
              input  word : token(20) sequence
              target tag  : token(3) sequence
              output z = dense(lstm(embed(word, 4), 6), 3)
              loss crossentropy(z, tag)
              train { steps 8 batch 4 optimizer adam(rate: 0.05) epochs 30 }
            }
            """;

    private static final String CLASSIFIER = """
            model Classifier {
              input  x    : real[2] sequence
              target kind : token(3)
              output z = dense(last(rnn(x, 4)), 3)
              loss crossentropy(z, kind)
              train { steps 6 batch 2 optimizer adam(rate: 0.02) epochs 2 }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void aSeriesIsForecastInItsOwnUnit() throws IOException {
        Path model = file("f.rnn", FORECAST);
        Path csv = file("heat.csv", series(100));
        Path run = folder.resolve("run");

        String out = rnnc("train", model, "--csv", csv, "--ahead", 1, "--normalize", "standard", "--out", run)
                .succeeds()
                .out();

        // 100 rows, nine tenths for training: 90 - 4 - 1 + 1 windows, and 10 - 4 - 1 + 1.
        assertThat(out)
                .contains("86 examples of 4 steps for training and 6 for validation")
                .contains("input x: heat, standard", "target y: heat, standard, 1 step ahead");
        Path weights = run.resolve("weights.safetensors");
        assertThat(rnnc("eval", model, "--weights", weights, "--csv", csv)
                        .succeeds()
                        .out())
                .startsWith("loss ")
                .contains("(96 examples)");
        Path predicted = folder.resolve("predicted.csv");
        rnnc("run", model, "--weights", weights, "--csv", csv, "--out", predicted)
                .succeeds();
        List<String> lines = Files.readAllLines(predicted);
        assertThat(lines).hasSize(97).first().isEqualTo("sequence,step,heat");
        String[] first = lines.get(1).split(",");
        assertThat(first[1]).isEqualTo("5");
        assertThat(Double.parseDouble(first[2])).isCloseTo(1000, within(150.0));
    }

    @Test
    void scalesAreMeasuredOnTheTrainingPartAlone() throws IOException {
        Path model = file("f.rnn", FORECAST);
        StringBuilder csv = new StringBuilder("x,y\n");
        for (int i = 0; i < 40; i++) {
            csv.append(i < 20 ? i % 2 * 10 : 1_000_000).append(",1\n");
        }
        Path run = folder.resolve("run");

        rnnc(
                        "train",
                        model,
                        "--csv",
                        file("s.csv", csv.toString()),
                        "--split",
                        "time:0.5",
                        "--normalize",
                        "minmax",
                        "--out",
                        run)
                .succeeds();

        assertThat(run.resolve("data.json")).content().contains("\"scale\" : [ 10.0 ]");
    }

    @Test
    void aForecastOfSeveralStepsNamesEach() throws IOException {
        Path model = file(
                "f.rnn",
                FORECAST.replace("real[1]\n", "real[3]\n")
                        .replace("last(x) + dense(last(rnn(x, 4)), 1)", "dense(last(rnn(x, 4)), 3)"));
        Path csv = file("heat.csv", series(200));
        Path run = folder.resolve("run");

        rnnc("train", model, "--csv", csv, "--ahead", "1..3", "--stride", 2, "--epochs", 1, "--out", run)
                .succeeds();
        Path predicted = folder.resolve("p.jsonl");
        rnnc("run", model, "--weights", run.resolve("weights.safetensors"), "--csv", csv, "--out", predicted)
                .succeeds();

        assertThat(Files.readAllLines(predicted)).hasSize(97).allMatch(line -> line.contains("\"heat+3\":"));
    }

    @Test
    void labelsAreWordsAndSequencesAreNamedByAColumn() throws IOException {
        Path model = file("c.rnn", CLASSIFIER);
        StringBuilder csv = new StringBuilder("id;time;a;b;kind\n");
        // The rows of the sequences stand mixed, and the sequences differ in length.
        for (int t = 0; t < 6; t++) {
            for (int s = 0; s < 12; s++) {
                if (t < 2 + s % 5) {
                    csv.append("s%d;noon;%d;%d;%s\n"
                            .formatted(
                                    s, t, s % 3, List.of("up", "down", "flat").get(s % 3)));
                }
            }
        }
        Path data = file("c.csv", csv.toString());
        Path run = folder.resolve("run");

        assertThat(rnnc("train", model, "--csv", data, "--sequence-id", "id", "--split", "sequence:0.75", "--out", run)
                        .succeeds()
                        .out())
                .contains("9 examples of up to 6 steps for training and 3 for validation")
                .contains("input x: a, b", "target kind: kind, 3 symbols");

        Path weights = run.resolve("weights.safetensors");
        assertThat(rnnc("eval", model, "--weights", weights, "--csv", data)
                        .succeeds()
                        .out())
                .contains("accuracy", "(12 examples)");
        Path predicted = folder.resolve("p.csv");
        rnnc("run", model, "--weights", weights, "--csv", data, "--out", predicted)
                .succeeds();
        assertThat(Files.readAllLines(predicted)).hasSize(13).last().asString().matches("s11,1,(up|down|flat)");

        Path wrong = file("w.csv", csv.toString().replace("s3;noon;0;0;up", "s3;noon;0;0;ups"));
        rnnc("eval", model, "--weights", weights, "--csv", wrong)
                .fails(
                        ExitCode.FAILED,
                        "w.csv:5: column 'kind': 'ups' is not among the 3 symbols",
                        "did you mean 'up'?");
        rnnc("train", model, "--csv", wrong, "--sequence-id", "id", "--target", "kind")
                .fails(ExitCode.FAILED, "is one more than the 3 different values that token(3) takes");
    }

    @Test
    void trainingThatStartsFromWeightsKeepsTheirLabelsAndScales() throws IOException {
        Path model = file("c.rnn", CLASSIFIER.replace("sequence", "").replace("last(rnn(x, 4))", "tanh(x)"));
        String rows = "a,b,kind\n1,2,up\n3,5,down\n4,4,flat\n";
        Path first = folder.resolve("first");
        rnnc(
                        "train",
                        model,
                        "--csv",
                        file("a.csv", rows.repeat(1) + rows.substring(9).repeat(9)),
                        "--normalize",
                        "standard",
                        "--out",
                        first)
                .succeeds();
        Path weights = first.resolve("weights.safetensors");

        Path other = file("b.csv", "u,v,kind\n" + "100,200,up\n300,700,flat\n".repeat(12));
        Path second = folder.resolve("second");
        rnnc("train", model, "--csv", other, "--features", "u,v", "--weights", weights, "--out", second)
                .succeeds();

        String kept = Files.readString(first.resolve("data.json"));
        assertThat(second.resolve("data.json"))
                .content()
                .contains(kept.substring(kept.indexOf("\"symbols\""), kept.indexOf("]", kept.indexOf("\"symbols\""))))
                .contains(kept.substring(kept.indexOf("\"shift\""), kept.indexOf("]", kept.indexOf("\"shift\""))));
        rnnc(
                        "train",
                        model,
                        "--csv",
                        file("n.csv", Files.readString(other) + "1,2,new\n"),
                        "--features",
                        "u,v",
                        "--weights",
                        weights)
                .fails(ExitCode.FAILED, "n.csv:26: column 'kind': 'new' is not among the 3 symbols");
    }

    @Test
    void anObjectHoldsASequenceOfWordsAndTags() throws IOException {
        Path model = file("t.rnn", TAGGER);
        Random random = new Random(1);
        List<String> words = List.of("the", "a", "cat", "dog", "sees", "hears");
        List<String> tags = List.of("D", "D", "N", "N", "V", "V");
        StringBuilder jsonl = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            List<Integer> picked = random.ints(1 + i % 8, 0, 6).boxed().toList();
            jsonl.append("{\"word\": %s, \"tag\": %s}\n"
                    .formatted(
                            picked.stream().map(w -> "\"" + words.get(w) + "\"").toList(),
                            picked.stream().map(w -> "\"" + tags.get(w) + "\"").toList()));
        }
        Path data = file("t.jsonl", jsonl.toString());
        Path run = folder.resolve("run");

        assertThat(rnnc("train", model, "--jsonl", data, "--words", "--out", run)
                        .succeeds()
                        .out())
                .contains("54 examples of up to 8 steps for training", "input word: word, 7 symbols", "tag, 3 symbols");
        Path weights = run.resolve("weights.safetensors");
        assertThat(rnnc("eval", model, "--weights", weights, "--jsonl", data)
                        .succeeds()
                        .out())
                .contains("accuracy 100.00 %");

        Path other = file("o.jsonl", "{\"word\": [\"the\", \"bird\"], \"tag\": [\"D\", \"N\"]}\n");
        Path predicted = folder.resolve("p.jsonl");
        rnnc("run", model, "--weights", weights, "--jsonl", other, "--out", predicted)
                .succeeds();
        assertThat(Files.readAllLines(predicted))
                .hasSize(2)
                .first()
                .isEqualTo("{\"sequence\":\"1\",\"step\":1,\"tag\":\"D\"}");
        rnnc(
                        "eval",
                        model,
                        "--weights",
                        weights,
                        "--jsonl",
                        file("u.jsonl", "{\"word\": [\"a\"], \"tag\": [\"D\",\"N\"]}"))
                .fails(ExitCode.FAILED, "u.jsonl:1: column 'word' has 1 steps, but column 'tag' has 2");
    }

    @Test
    void aTextIsReadByWordsOrCharacters() throws IOException {
        Path model = file(
                "s.rnn",
                TAGGER.replace("token(3) sequence", "token(2)")
                        .replace("lstm(embed(word, 4), 6), 3", "last(lstm(embed(word, 4), 6)), 2")
                        .replace("steps 8", "steps 12"));
        StringBuilder csv = new StringBuilder("word,tag\n");
        for (int i = 0; i < 40; i++) {
            csv.append(i % 2 == 0 ? "\"good, very good\",yes\n" : "bad bad,no\n");
        }
        Path data = file("s.csv", csv.toString());

        assertThat(rnnc("train", model, "--csv", data, "--words", "--epochs", 1)
                        .succeeds()
                        .out())
                .contains("of up to 3 steps", "word, 5 symbols", "tag, 2 symbols");
        rnnc("train", model, "--csv", data, "--epochs", 1)
                .fails(ExitCode.FAILED, "sequences of 15 steps, but the model is trained on 12 at most");
    }

    @Test
    void badRowsAreNamedOrSkippedAndCounted() throws IOException {
        Path model = file("f.rnn", FORECAST);
        String good = series(100);
        Path bad = file("bad.csv", good.replaceFirst("\n1000.0\n", "\nwarm\n") + "1,2\n\"\"\n1e999\n");

        rnnc("train", model, "--csv", bad, "--ahead", 1, "--features", "heat", "--target", "heat")
                .fails(ExitCode.FAILED, "bad.csv:2: column 'heat': 'warm' is not a number", "--skip-bad");
        Outcome skipped = rnnc(
                        "train",
                        model,
                        "--csv",
                        bad,
                        "--ahead",
                        1,
                        "--features",
                        "heat",
                        "--target",
                        "heat",
                        "--skip-bad",
                        "--epochs",
                        1)
                .succeeds();
        assertThat(skipped.err())
                .contains("skipped 4 bad rows of", "bad.csv:102: the row has 2 cells, but the header names 1")
                .contains("bad.csv:103: column 'heat' is empty", "...");
        assertThat(skipped.out()).contains("target y: heat, 1 step ahead");
    }

    @Test
    void filesThatCannotBeUsedAreToldOf() throws IOException {
        Path model = file("f.rnn", FORECAST);
        rnnc("train", model, "--csv", folder.resolve("none.csv")).fails(ExitCode.FAILED, "CSV file", "does not exist");
        refused(model, "", "is empty");
        refused(model, "heat\n", "has a header, but no rows");
        refused(model, "a,a\n1,2\n", "names column 'a' twice");
        refused(model, "date,heat,cold\n1 May,1,2\n", "it is not clear which columns", "It has date, heat, cold");
        rnnc("train", model, "--csv", file("x.csv", series(9)), "--target", "heet")
                .fails(ExitCode.FAILED, "--target: '", "has no column 'heet'; did you mean 'heat'?");
        rnnc("train", model, "--csv", file("x.csv", series(9)), "--input", "q=heat")
                .fails(ExitCode.FAILED, "no input or target 'q'");
        rnnc("train", model, "--csv", file("x.csv", series(12)), "--ahead", 1)
                .fails(ExitCode.FAILED, "has 0 examples for validation, but a batch takes 4");
        Path latin = Files.write(folder.resolve("l.csv"), new byte[] {'a', '\n', (byte) 0xE4, '\n'});
        rnnc("train", model, "--csv", latin).fails(ExitCode.FAILED, "is not UTF-8: wrong byte 0xE4 at offset 2");
        rnnc("train", model, "--jsonl", file("a.jsonl", "[1, 2]\n")).fails(ExitCode.FAILED, "this is an array", "jq");
        rnnc("train", model, "--jsonl", file("b.jsonl", "{\"x\": [1, 2], \"y\": }\n"))
                .fails(ExitCode.FAILED, "b.jsonl:1: the line is not JSON, column");
        rnnc("train", model, "--csv", file("x.csv", series(9)), "--split", "half")
                .fails(ExitCode.FAILED, "--split half: give time:SHARE or sequence:SHARE");
        rnnc("train", model, "--text", file("x.txt", "abc"), "--window", 3)
                .fails(ExitCode.USAGE, "are for files of rows: give one with --csv or --jsonl");
    }

    private void refused(Path model, String csv, String... words) throws IOException {
        rnnc("train", model, "--csv", file("refused.csv", csv)).fails(ExitCode.FAILED, words);
    }

    /** A wave around 1000, an hour a row. */
    static String series(int rows) {
        StringBuilder csv = new StringBuilder("heat\n");
        for (int i = 0; i < rows; i++) {
            csv.append(1000 + Math.round(40 * Math.sin(i / 3.0))).append(".0\n");
        }
        return csv.toString();
    }
}
