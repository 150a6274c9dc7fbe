package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FormatCommandTest extends CommandLineTest {
    private static final String UNFORMATTED = "model M{input x:real[2] output y=x}";
    private static final String FORMATTED = "model M {\n  input  x : real[2]\n  output y = x\n}\n";

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void printsTheCanonicalText() throws IOException {
        assertThat(rnnc("format", file("m.rnn", UNFORMATTED)).succeeds().out()).isEqualTo(FORMATTED);
    }

    @Test
    void writesInPlaceOnlyWhereSomethingChanges() throws IOException {
        Path first = file("m.rnn", UNFORMATTED);
        Path second = file("n.rnn", FORMATTED);

        assertThat(rnnc("format", "--write", first, second).succeeds().out())
                .isEqualTo("formatted " + first + System.lineSeparator());
        assertThat(first).hasContent(FORMATTED);
    }

    @Test
    void checkListsWhatIsNotFormatted() throws IOException {
        Path first = file("m.rnn", UNFORMATTED);
        Path second = file("n.rnn", FORMATTED);

        Outcome outcome = rnnc("format", "--check", first, second);
        assertThat(outcome.code()).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.out()).isEqualTo(first + System.lineSeparator());
        assertThat(first).hasContent(UNFORMATTED);
        rnnc("format", "--check", second).succeeds();
    }

    @Test
    void leavesAFileWithSyntaxErrorsAlone() throws IOException {
        Path broken = file("m.rnn", "model M { output = }");

        rnnc("format", "--write", broken).fails(ExitCode.MODEL, "m.rnn:1:18: error: ");
        assertThat(broken).hasContent("model M { output = }");
    }
}
