package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code rnnc generate} where a model feeds itself, and where none can write symbol by symbol. */
class GenerateTest extends CommandLineTest {
    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void aModelThatReadsTheStepBeforeWritesFromItsStart() throws IOException {
        Path model = file("next.rnn", """
                model Next {
                  target word : token(4) sequence
                  output z = dense(one_hot(previous(word, start: 3)), 4)
                  loss crossentropy(z, word)
                }
                """);
        // b at the start, c after b, a after c, b after a.
        float[] table = new float[16];
        table[4 + 3] = table[2 * 4 + 1] = table[2] = table[4] = 20;
        Path weights = folder.resolve("w.safetensors");
        SafeTensors.write(
                weights,
                Map.of(
                        "z.weight", Tensor.ofFloats(List.of(4, 4), table),
                        "z.bias", Tensor.ofFloats(List.of(4), new float[4])),
                Map.of());
        file("vocabulary.json", "[\"a\", \"b\", \"c\"]");

        assertThat(rnnc("generate", model, "--weights", weights, "--length", 5)
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("bcabc");
        assertThat(rnnc("generate", model, "--weights", weights, "--prime", "ba", "--length", 2)
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("babc");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "bidirectional(gru(e, 4)) | 'h.backward' runs backward",
                "backward(gru(e, 4)) | 'h' runs backward",
                "attention(e, e) | attention looks at all steps",
                "attention_additive(e, e, A: 2) | 'h' reads all steps of its input 'keys'",
                "e - mean(e) | sum, mean, minimum or maximum over all steps",
                "e * last(e) | first or last step",
                "gru(e, 4, initial: {h: start}) | 'h' starts from a state that the model computes"
            })
    void whatNeedsMoreThanOneStepIsNamed(String layer, String obstacle) throws IOException {
        Path model = file("whole.rnn", """
                model Whole {
                  input  text : token(4) sequence
                  layer  e = embed(text, 4)
                  layer  start = final(gru(e, 4))
                  layer  h = %s
                  output z = dense(h, 4)
                }
                """.formatted(layer));

        rnnc("generate", model, "--weights", model)
                .fails(ExitCode.FAILED, "model Whole cannot generate text symbol by symbol", obstacle);
    }

    @Test
    void whatTextAloneCannotFeedIsNamed() throws IOException {
        Path model = file("caption.rnn", """
                model Caption {
                  input  image : real[3]
                  target word : token(4) sequence
                  output z = dense(gru(concat(image, one_hot(previous(word))), 4), 4)
                }
                """);

        rnnc("generate", model, "--weights", model)
                .fails(
                        ExitCode.FAILED,
                        "cannot generate text",
                        "previous(NAME)",
                        "'input image : real[3]', 'target word : token(4) sequence'");
    }
}
