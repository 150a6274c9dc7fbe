package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are not what they are taken for: pipes, devices, words that run commands, characters that a terminal obeys. */
class HostileFilesTest extends CommandLineTest {
    private static final String MODEL = "model M { input x : real[2] output o = tanh(x) }\n";

    private static final String CHARS = """
            model Chars {
              input text : token(20) sequence
              target next : token(20) sequence
              output logits = dense(rnn(embed(text, 4), 4), 20)
              loss crossentropy(logits, next)
              train { steps 8 batch 2 epochs 1 optimizer adam(rate: 0.01) }
            }
            """;

    private Path chars;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModel() throws IOException {
        chars = file("chars.rnn", CHARS);
    }

    private Path pipe(String name) throws IOException, InterruptedException {
        Path pipe = folder.resolve(name);
        assumeThat(Path.of("/usr/bin/mkfifo")).exists();
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", pipe.toString())
                        .start()
                        .waitFor())
                .isZero();
        return pipe;
    }

    @Test
    void aPipeThatNobodyWritesToIsNotImported() throws Exception {
        pipe("fifo");
        rnnc("check", file("m.rnn", "import \"fifo\"\n" + MODEL))
                .fails(ExitCode.MODEL, "the file \"fifo\" cannot be imported: it is no regular file");
    }

    @Test
    void aTextComesFromAPipeToo() throws Exception {
        Path pipe = pipe("text");
        Thread writer = Thread.ofPlatform().start(() -> {
            try {
                Files.writeString(pipe, "abab".repeat(300));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(rnnc("train", chars, "--text", pipe, "--out", folder.resolve("run"))
                        .succeeds()
                        .out())
                .contains("1,080 characters for training and 120 for validation, 2 symbols");
        writer.join();
    }

    @Test
    void rowsOfAPipeOrADeviceAreRefusedBeforeTheyAreReadTwice() throws Exception {
        Path pipe = pipe("rows");
        assumeThat(Path.of("/dev/zero")).exists();
        for (Object from : new Object[] {pipe, "/dev/zero"}) {
            for (String option : new String[] {"--csv", "--jsonl", "--data"}) {
                rnnc("train", chars, option, from)
                        .fails(ExitCode.FAILED, "'" + from + "' is no regular file, but a pipe or a device");
            }
        }
        rnnc("train", chars, "--text", "/dev/zero").fails(ExitCode.FAILED, "'/dev/zero' is no regular file");
        rnnc("check", "/dev/zero").fails(ExitCode.FAILED, "it is larger than 16 MB, so it is no model");
    }

    @Test
    void wordsThatRnncDidNotWriteResumeNothing() throws IOException {
        for (String words : new String[] {
            "[\"train\"]",
            "[\"train\",\"--epochs\",\"3\"]",
            "[\"export\",\"m.rnn\"]",
            "[]",
            "[\"train\"",
            "{}",
            "no JSON"
        }) {
            file("loop/arguments.json", words);
            rnnc("train", "--resume", folder.resolve("loop"))
                    .fails(
                            ExitCode.FAILED,
                            "arguments.json' is not what rnnc wrote: it holds no 'train' with a model file");
        }
    }

    @Test
    void noMessageHoldsControlCharacters() throws IOException {
        Path model = file("m.rnn", MODEL.replace("}", "} \33[2J\33]0;title\7"));
        assertThat(rnnc("check", model).fails(ExitCode.MODEL, "\\u001b[2J").err())
                .doesNotContain("\33", "\7");
        Path rows = file("rows.csv", "text,next\n\33[2J,b\n");
        assertThat(rnnc("train", chars, "--csv", rows).err()).contains("error").doesNotContain("\33");
        assertThat(rnnc("check", "\33[2J").fails(ExitCode.FAILED, "\\u001b").err())
                .doesNotContain("\33");
        assertThat(rnnc("check", chars, "--\33[2J")
                        .fails(ExitCode.USAGE, "\\u001b")
                        .err())
                .doesNotContain("\33");
    }

    @Test
    void aNameThatStartsWithAnAtSignIsAName() throws IOException {
        Path listed = file("@words", "check\n");
        rnnc("@" + listed).fails(ExitCode.USAGE, "@" + listed);
    }

    @Test
    void aByteOrderMarkIsNoPartOfAVocabulary() throws IOException {
        Path words = file("words.txt", "\uFEFFthe\ncat\n");
        Path text = file("cat.txt", "the cat ".repeat(100));
        assertThat(rnnc(
                                "train",
                                chars,
                                "--text",
                                text,
                                "--words",
                                "--vocabulary",
                                words,
                                "--out",
                                folder.resolve("run"))
                        .succeeds()
                        .out())
                .contains("2 symbols");
    }
}
