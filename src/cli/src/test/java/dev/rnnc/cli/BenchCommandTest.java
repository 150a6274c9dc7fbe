package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code bench} reports; not how fast anything is. */
class BenchCommandTest extends CommandLineTest {
    private static final String SECONDS = "0.02";

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void measuresStepSequenceAndTrainingOfBothEngines() throws IOException {
        Path model = file("m.rnn", """
                model M {
                  input text : token(5) sequence
                  target next : token(5) sequence
                  output y = dense(dropout(gru(embed(text, 4), 6), 0.2), 5)
                  loss crossentropy(y, next)
                  train { steps 4  batch 3  optimizer adam(rate: 0.01)  clip norm 1 }
                }
                """);

        assertThat(rnnc("bench", model, "--seconds", SECONDS).succeeds().out())
                .contains("M: ", "one step", "sequence, 4 x 3", "training step, 4 x 3", "generated", "generic");
        assertThat(rnnc("bench", model, "--seconds", SECONDS, "--steps", 2, "--batch", 1, "--lanes", 1)
                        .succeeds()
                        .out())
                .contains("scalar code", "sequence, 2 x 1", "training step, 2 x 1");
    }

    @Test
    void writesJsonAndSaysWhatAModelHasNot() throws IOException {
        Path model = file("m.rnn", """
                model M {
                  input x : real[3] sequence
                  output y = dense(last(lstm(x, 4)), 2)
                }
                """);

        Outcome outcome = rnnc("bench", model, "--json", "--seconds", SECONDS).succeeds();

        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains(
                        "\"program\" : \"sequence\"", "\"steps\" : 64", "\"share_of_peak\"", "has no loss", "no step:");
        assertThat(Json.parse(outcome.out())).isInstanceOf(JsonValue.class);
    }

    @Test
    void aModelInDoublePrecisionIsMeasuredAlone() throws IOException {
        Path model = file("m.rnn", "model M { precision double input x : real[3] sequence output h = rnn(x, 4) }");

        assertThat(rnnc("bench", model, "--seconds", SECONDS).succeeds().out())
                .contains("double, scalar code", "no generic engine")
                .doesNotContain("generic  ");
    }

    @Test
    void wrongInputIsTold() throws IOException {
        Path model = file("m.rnn", "model M { input x : real[3] sequence output h = rnn(x, 4) }");

        rnnc("bench").fails(ExitCode.USAGE, "FILE");
        rnnc("bench", folder.resolve("none.rnn")).fails(ExitCode.FAILED, "none.rnn' does not exist");
        rnnc("bench", file("bad.rnn", "model M {")).fails(ExitCode.MODEL, "bad.rnn:1:");
        rnnc("bench", model, "--lanes", 3).fails(ExitCode.USAGE, "--lanes 3: give one of");
        rnnc("bench", model, "--steps", 0).fails(ExitCode.USAGE, "--steps 0", "at least 1");
        rnnc("bench", model, "--batch", -1).fails(ExitCode.USAGE, "--batch -1", "at least 1");
        rnnc("bench", model, "--seconds", 0).fails(ExitCode.USAGE, "--seconds 0");
        rnnc("bench", model, "--seconds", "NaN").fails(ExitCode.USAGE, "--seconds NaN");
        rnnc("bench", model, "--seconds", "soon").fails(ExitCode.USAGE, "--seconds");
    }
}
