package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Texts as words: trained on, scored and generated. */
class WordTrainingTest extends CommandLineTest {
    private static final String TEXT = "the cat sat on the mat\nthe dog sat on the rug\n".repeat(30);

    private static final String MODEL = """
            model Words {
              input  text : token(8) sequence
              target next : token(8) sequence
              output z = dense(lstm(embed(text, 6), 12), 8)
              loss crossentropy(z, next)
              train { steps 7 batch 4 optimizer adam(rate: 0.03) epochs 12 stateful }
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void aModelOfWordsWritesLines() throws IOException {
        Path model = file("w.rnn", MODEL);
        Path run = folder.resolve("run");

        String out = rnnc("train", model, "--text", file("t.txt", TEXT), "--words", "--out", run)
                .succeeds()
                .out();

        // Seven words, <unk> and <eos>: of the rarest the last in the alphabet has no place among eight symbols.
        assertThat(out).contains("378 words for training and 42 for validation, 8 symbols", "words/s", "perplexity");
        assertThat(run.resolve("vocabulary.json"))
                .content()
                .contains("\"words\"", "\"<unk>\"", "\"<eos>\"", "\"the\"", "\"sat\"")
                .doesNotContain("\"rug\"");
        Path weights = run.resolve("weights.safetensors");
        assertThat(rnnc(
                                "generate",
                                model,
                                "--weights",
                                weights,
                                "--prime",
                                "the cat",
                                "--length",
                                5,
                                "--temperature",
                                0)
                        .succeeds()
                        .out())
                .startsWith("the cat sat on the mat \n");
        assertThat(rnnc("eval", model, "--weights", weights, "--text", file("e.txt", TEXT.replace("dog", "cow")))
                        .succeeds()
                        .out())
                .contains("nats per word", "(416 words)");
        rnnc("generate", model, "--weights", weights, "--stop", "horse")
                .fails(ExitCode.USAGE, "--stop 'horse' is not a symbol of the vocabulary; give one word, or \\n");
    }

    @Test
    void aVocabularyMayBeGiven() throws IOException {
        Path model = file("w.rnn", MODEL);
        Path text = file("t.txt", TEXT);
        Path words = file("words.txt", "<unk>\n<eos>\nthe\ncat\n");

        assertThat(rnnc("train", model, "--text", text, "--words", "--vocabulary", words, "--epochs", 1)
                        .succeeds()
                        .out())
                .contains("4 symbols");
        rnnc("train", model, "--text", text, "--words", "--vocabulary", file("few.txt", "<eos>\nthe\n"))
                .fails(ExitCode.FAILED, "line 1: the word 'cat' is not among the 2 of the vocabulary");
        rnnc("train", model, "--text", text, "--vocabulary", words).fails(ExitCode.USAGE, "holds words; add --words");
        rnnc("train", model, "--text", text, "--min-count", 2).fails(ExitCode.USAGE, "--min-count counts words");
        assertThat(rnnc("train", model, "--text", text, "--words", "--min-count", 50, "--epochs", 1)
                        .succeeds()
                        .out())
                .contains("5 symbols");
    }

    @Test
    void aTextIsDividedInTime() throws IOException {
        Path model = file("w.rnn", MODEL);
        Path text = file("t.txt", TEXT);

        assertThat(rnnc("train", model, "--text", text, "--words", "--split", "time:0.5", "--epochs", 1)
                        .succeeds()
                        .out())
                .contains("210 words for training and 210 for validation");
        rnnc("train", model, "--text", text, "--words", "--split", "sequence:0.5")
                .fails(ExitCode.USAGE, "a text is one sequence");
    }
}
