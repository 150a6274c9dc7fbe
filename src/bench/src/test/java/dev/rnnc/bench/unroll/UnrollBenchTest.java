package dev.rnnc.bench.unroll;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnrollBenchTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @ParameterizedTest
    @ValueSource(strings = {"indrnn-16-t8-b1-sequence", "indrnn-16-t64-b8-sequence", "rnn-16-t16-b1-training"})
    void writesALineForEachShapeAndAVerdict(String shape) throws IOException {
        Path table = folder.resolve("unroll.md");

        int code = run(
                "--only",
                shape,
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
                .contains("| " + shape + " | ")
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
