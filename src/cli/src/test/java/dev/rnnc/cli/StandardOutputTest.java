package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.cli.data.RowWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardOutputTest {
    private static final Path FULL = Path.of("/dev/full");

    private final StringWriter errors = new StringWriter();

    /** The exit code of a command that prints a line to {@code stream} and means to end with {@code code}. */
    private int print(OutputStream stream, int code) {
        StandardOutput output = new StandardOutput(stream);
        PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
        out.println("a line");
        return Main.finished(code, output, out, new PrintWriter(errors));
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void aFullDiskBehindItIsAnErrorAndAnExitCode() throws IOException {
        assumeTrue(Files.exists(FULL), "needs /dev/full");
        try (OutputStream full = new FileOutputStream(FULL.toFile())) {
            assertThat(print(full, ExitCode.OK)).isEqualTo(ExitCode.FAILED);
        }
        assertThat(errors.toString()).startsWith("error: standard output could not be written: ");
    }

    @Test
    void anExitCodeThatTellsOfAFailureStays() {
        assertThat(print(failing("No space left on device"), ExitCode.INTERRUPTED))
                .isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void aReaderThatWantsNoMoreIsNoError() {
        assertThat(print(failing("Broken pipe"), ExitCode.OK)).isEqualTo(ExitCode.OK);
        assertThat(errors.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void rowsThatCannotBeWrittenAreAnErrorHoweverMany(int rows) {
        assumeTrue(Files.exists(FULL), "needs /dev/full");
        assertThatThrownBy(() -> {
                    try (RowWriter writer = RowWriter.open(FULL, List.of("a"))) {
                        for (int i = 0; i < rows; i++) {
                            writer.row(List.of("text"));
                        }
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
