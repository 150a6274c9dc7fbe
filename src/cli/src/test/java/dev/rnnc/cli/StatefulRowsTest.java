package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Models that carry their states from window to window, on rows. */
class StatefulRowsTest extends CommandLineTest {
    private static final String MODEL = """
            model Carry {
              input  x : real[1] sequence
              target y : real[1] sequence
              output z = dense(rnn(x, 3), 1)
              loss mse(z, y)
              train { steps 4 batch 3 optimizer adam(rate: 0.01) epochs 2 stateful }
            }
            """;

    private Path model;
    private Path csv;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    /** Four series of different length whose rows stand mixed. */
    @BeforeEach
    void files() throws IOException {
        model = file("m.rnn", MODEL);
        StringBuilder rows = new StringBuilder("id,v\n");
        int[] lengths = {13, 9, 22, 12};
        for (int t = 0; t < 22; t++) {
            for (int s = 0; s < lengths.length; s++) {
                if (t < lengths[s]) {
                    rows.append("%s,%.4f\n".formatted((char) ('a' + s), Math.sin(t * 0.7 + s) + s));
                }
            }
        }
        csv = file("v.csv", rows.toString());
    }

    private String train(Object... more) {
        Object[] words = {
            "train", model, "--csv", csv, "--sequence-id", "id", "--ahead", 1, "--out", folder.resolve("r")
        };
        return rnnc(Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray())
                .succeeds()
                .out();
    }

    private double loss(Path of, int window, int batch) {
        String json = rnnc(
                        "eval",
                        of,
                        "--weights",
                        folder.resolve("r/weights.safetensors"),
                        "--csv",
                        csv,
                        "--window",
                        window,
                        "--batch",
                        batch,
                        "--json")
                .succeeds()
                .out();
        return Double.parseDouble(json.replaceAll("(?s).*\"loss\" : ([-+.0-9eE]+).*", "$1"));
    }

    @Test
    void windowsOfSeriesGiveWhatTheWholeSeriesGive() throws IOException {
        assertThat(train("--split", "time:0.5"))
                // 13, 9, 22 and 12 rows are cut at 6, 4, 11 and 6; each part loses a step to the target.
                .contains("23 steps for training and 25 for validation, in windows of 4 that carry their states on");

        double whole = loss(model, 100, 4);
        assertThat(loss(model, 4, 4)).isCloseTo(whole, within(1e-6));
        assertThat(loss(model, 4, 3)).isCloseTo(whole, within(1e-6));
        assertThat(loss(model, 5, 1)).isCloseTo(whole, within(1e-6));
        Path fresh = file("fresh.rnn", MODEL.replace(" stateful", ""));
        assertThat(Math.abs(loss(fresh, 4, 4) - whole)).isGreaterThan(1e-4);

        List<String> rows = predicted(4);
        assertThat(rows).hasSize(1 + 12 + 8 + 21 + 11).contains("sequence,step,v");
        assertThat(rows.get(1)).startsWith("c,2,");
        assertThat(predicted(100)).isEqualTo(rows);
    }

    private List<String> predicted(int window) throws IOException {
        Path out = folder.resolve("p.csv");
        rnnc(
                        "run",
                        model,
                        "--weights",
                        folder.resolve("r/weights.safetensors"),
                        "--csv",
                        csv,
                        "--window",
                        window,
                        "--out",
                        out)
                .succeeds();
        return Files.readAllLines(out);
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() throws IOException {
        train("--threads", 1);
        byte[] first = bytes();
        Files.move(folder.resolve("r"), folder.resolve("old"));
        train("--threads", 2);
        assertThat(bytes()).isEqualTo(first);
    }

    private byte[] bytes() throws IOException {
        return Files.readAllBytes(folder.resolve("r/weights.safetensors"));
    }

    @Test
    void oneSeriesIsReadAsLanesAndATargetMayBelongToEachWindow() throws IOException {
        Path windows = file(
                "w.rnn", MODEL.replace("y : real[1] sequence", "y : real[1]").replace("rnn(x, 3)", "last(rnn(x, 3))"));
        Path series = file("heat.csv", RowTrainingTest.series(100));

        assertThat(rnnc("train", windows, "--csv", series, "--ahead", 1)
                        .succeeds()
                        .out())
                // 90 rows, 89 with a target, in three lanes; 10 rows give three lanes of 3.
                .contains("87 steps for training and 9 for validation, in windows of 4 that carry their states on");
    }

    @Test
    void whatMakesNoSenseIsRefusedWithARemedy() throws IOException {
        rnnc("train", model, "--csv", csv, "--sequence-id", "id", "--ahead", 1, "--stride", 2)
                .fails(ExitCode.USAGE, "--stride 2: the model is 'stateful'", "leave out --stride");
        Path windows = file(
                "w.rnn", MODEL.replace("y : real[1] sequence", "y : real[1]").replace("rnn(x, 3)", "last(rnn(x, 3))"));
        rnnc("train", windows, "--csv", csv, "--sequence-id", "id", "--ahead", 1, "--window", 4)
                .fails(ExitCode.FAILED, "target 'y' takes a value from each window", "do not end together");
        rnnc("train", model, "--csv", file("s.csv", RowTrainingTest.series(12)), "--ahead", 1)
                .fails(ExitCode.FAILED, "has 1 steps for validation, but 3 rows of a batch are read side by side");
        rnnc("train", model, "--csv", csv, "--sequence-id", "id", "--window", -1)
                .fails(ExitCode.USAGE, "--window -1: give a number of at least 1");
    }
}
