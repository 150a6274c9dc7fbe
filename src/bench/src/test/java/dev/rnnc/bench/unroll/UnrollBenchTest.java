package dev.rnnc.bench.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnrollBenchTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void writesALineForEachShapeAndAVerdict() throws IOException {
        Path table = folder.resolve("unroll.md");

        int code = run(
                "--only",
                "indrnn-16-t8",
                "--table",
                table.toString(),
                "--blocks",
                "1",
                "--block-seconds",
                "0",
                "--warm-seconds",
                "0");

        assertThat(code).as(err.toString()).isZero();
        assertThat(Files.readString(table))
                .contains("| indrnn-16-t8-b1-sequence | ")
                .containsPattern("The choice is within 10 % of the best on [01] of 1 shapes\\.");
    }

    @Test
    void wrongUsageIsTold() throws IOException {
        assertThat(run("--only", "abacus")).isEqualTo(2);
        assertThat(err.toString()).contains("no shape is called like 'abacus': there are [indrnn-4-t64-b1-sequence");
    }

    private int run(String... arguments) throws IOException {
        return UnrollBench.run(new PrintStream(out), new PrintStream(err), arguments);
    }
}
