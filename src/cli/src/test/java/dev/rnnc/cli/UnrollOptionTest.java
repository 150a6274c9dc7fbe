package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code --unroll} changes how a model is compiled, and nothing that it computes. */
class UnrollOptionTest extends CommandLineTest {
    private static final String SMALL = """
            model Small {
              input  text : token(32) sequence
              target next : token(32) sequence
              layer  h    = rnn(embed(text, 4), 8)
              output y    = dense(h, 32)
              loss crossentropy(y, next)
              train { steps 8 batch 4 optimizer adam(rate: 0.01) epochs 1 }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void trainingLeavesTheSameWeightsHoweverStepsAreUnrolled() throws IOException {
        Path model = file("small.rnn", SMALL);
        Path text = file("t.txt", "the cat sat on the mat\n".repeat(20));
        for (String unroll : List.of("none", "3", "full")) {
            rnnc("train", model, "--text", text, "--out", folder.resolve(unroll), "--unroll", unroll)
                    .succeeds();
        }

        for (String unroll : List.of("3", "full")) {
            assertThat(folder.resolve(unroll + "/weights.safetensors"))
                    .hasSameBinaryContentAs(folder.resolve("none/weights.safetensors"));
        }
    }

    @Test
    void theLoopsOverTimeAreListed() throws IOException {
        Path model = file("small.rnn", SMALL);

        assertThat(rnnc("explain", model, "--bytecode", "--unroll", "full")
                        .succeeds()
                        .out())
                .containsPattern("h +training +backward +all 8 +\\d+ +\\d+")
                .contains("Tiles of ");
        assertThat(rnnc("explain", model, "--bytecode", "--unroll", "3")
                        .succeeds()
                        .out())
                .containsPattern("h +sequence +forward +3 +\\d+ +\\d+");
        rnnc("explain", model, "--unroll", "3").fails(ExitCode.USAGE, "--unroll is for --bytecode");
    }

    @Test
    void whatIsNoSettingIsRefusedWithThoseThereAre() throws IOException {
        Path model = file("small.rnn", SMALL);

        rnnc("explain", model, "--bytecode", "--unroll", "some")
                .fails(ExitCode.USAGE, "'some' is no way to unroll: give 'none', 'full', 'auto' or a whole number");
        rnnc("explain", model, "--bytecode", "--unroll", "0").fails(ExitCode.USAGE, "'0' is no way to unroll");
    }
}
