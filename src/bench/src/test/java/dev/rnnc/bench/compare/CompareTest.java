package dev.rnnc.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the comparison writes; not how fast anything is. */
class CompareTest {
    private static final String[] QUICK = {"--blocks", "2", "--block-seconds", "0", "--warm-seconds", "0"};

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void writesTextJsonMarkdownAndAChart() throws IOException {
        Path json = folder.resolve("r.json");
        Path markdown = folder.resolve("r.md");
        Path chart = folder.resolve("r.svg");

        int code = run(
                "--rows",
                "step-.*-16$",
                "--engines",
                "generic,hand-written",
                "--json",
                json.toString(),
                "--markdown",
                markdown.toString(),
                "--chart",
                chart.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("step-lstm-16", "hand-written", "ratio", "aim 3.00x", "off by");
        assertThat(json).content().contains("\"name\" : \"step-gru-16\"", "\"median\"", "\"ratio\"");
        assertThat(markdown).content().contains("### One step, batch 1", "| step-lstm-16 |", "generic | ratio |");
        assertThat(chart).content().contains("<svg");
    }

    @Test
    void aRowInAProcessOfItsOwnSaysTheSame() throws IOException {
        Path json = folder.resolve("r.json");

        int code = run("--fork", "--rows", "step-gru-16$", "--engines", "generic", "--json", json.toString());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString()).contains("step-gru-16", "generic", "ratio", "aim 3.00x", "off by");
        assertThat(json).content().contains("\"name\" : \"step-gru-16\"", "\"flop\"", "\"ratio\"");
    }

    @Test
    void aRowThatCannotBeMeasuredIsSaidAndCounts() throws IOException {
        int code = run("--rows", "gru-256-bf16", "--engines", "hand-written");

        // The language has no bfloat16 weights yet, or generated code does this row alone.
        assertThat(code == 1).isEqualTo(out.toString().contains("not measured"));
    }

    @Test
    void wrongUsageIsTold() throws IOException {
        assertThat(run("--rows", "nothing-like-it")).isEqualTo(2);
        assertThat(run("--rows", "(")).isEqualTo(2);
        assertThat(run("--engines", "abacus")).isEqualTo(2);
        assertThat(run("--chart", folder.resolve("r.pdf").toString())).isEqualTo(2);
        assertThat(run("--nonsense")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .contains("no row has such a name", "not a regular expression", "no engine 'abacus'", ".svg or .png");
    }

    @Test
    void rowsHaveDifferentNames() {
        assertThat(new HashSet<>(Rows.all().stream().map(Row::name).toList())).hasSameSizeAs(Rows.all());
    }

    private int run(String... arguments) throws IOException {
        String[] all = new String[arguments.length + QUICK.length];
        System.arraycopy(QUICK, 0, all, 0, QUICK.length);
        System.arraycopy(arguments, 0, all, QUICK.length, arguments.length);
        return Compare.run(new PrintStream(out), new PrintStream(err), all);
    }
}
