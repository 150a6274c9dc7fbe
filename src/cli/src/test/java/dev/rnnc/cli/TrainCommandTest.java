package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrainCommandTest extends CommandLineTest {
    private static final String VERSE = "the cat sat on the mat\n".repeat(40);

    private Path model;
    private Path text;

    @BeforeEach
    void writeModelAndText() throws IOException {
        model = file("cat.rnn", "bigram 20 8 4 3 2.0");
        text = file("cat.txt", VERSE);
    }

    @Override
    String home() {
        return folder.resolve("checkout").toString();
    }

    @Test
    void leavesEverythingInARunFolderNamedAfterModelAndTime() throws IOException {
        Outcome outcome = rnnc("train", model, "--text", text).succeeds();

        Path run = folder.resolve("runs/Bigram-20260301-120005");
        assertThat(outcome.out())
                .contains("Bigram: 400 parameters", "828 characters for training and 92 for validation, 11 symbols")
                .contains("epoch 1/3  training ", "epoch 3/3  training ", "perplexity", "chars/s")
                .contains("sample (temperature 0.8, seed 1):", "everything is in " + run);
        assertThat(names(run))
                .containsExactly(
                        "arguments.json",
                        "cat.rnn",
                        "checkpoints",
                        "log.jsonl",
                        "losses.png",
                        "sample.txt",
                        "vocabulary.json",
                        "weights.safetensors");
        assertThat(run.resolve("cat.rnn")).hasSameTextualContentAs(model);
        assertThat(SafeTensors.read(run.resolve("weights.safetensors")).metadata())
                .containsEntry("model", "Bigram");
        List<String> log = Files.readAllLines(run.resolve("log.jsonl"));
        assertThat(log).hasSize(3);
        assertThat(log.getFirst()).startsWith("{\"epoch\":1,\"training_loss\":").contains("\"validation_loss\":");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void learns() throws IOException {
        rnnc("train", model, "--text", text, "--epochs", 20, "--out", folder.resolve("run"))
                .succeeds();

        Outcome score = rnnc("eval", model, "--weights", folder.resolve("run/weights.safetensors"), "--text", text);
        double loss = Double.parseDouble(score.succeeds().out().replaceAll("(?s)loss ([0-9.]+).*", "$1"));
        assertThat(loss).isLessThan(1.0);
    }

    @Test
    void trainsOnTheProjectsOwnSourcesByDefault() throws IOException {
        file("checkout/src/a/A.java", "class A { int a = aaaa; }\n".repeat(40));

        assertThat(rnnc("train", model).succeeds().out()).contains("text: rnnc's own 1 Java sources");
    }

    @Test
    void withoutSourcesAsksForAText() {
        rnnc("train", model).fails(ExitCode.USAGE, "--text FILE");
    }

    @Test
    void sameSeedSameWeights() throws IOException {
        rnnc("train", model, "--text", text, "--seed", 7, "--out", folder.resolve("a"))
                .succeeds();
        rnnc("train", model, "--text", text, "--seed", 7, "--out", folder.resolve("b"))
                .succeeds();
        rnnc("train", model, "--text", text, "--seed", 8, "--out", folder.resolve("c"))
                .succeeds();

        byte[] first = Files.readAllBytes(folder.resolve("a/weights.safetensors"));
        assertThat(folder.resolve("b/weights.safetensors")).hasBinaryContent(first);
        assertThat(Files.readAllBytes(folder.resolve("c/weights.safetensors"))).isNotEqualTo(first);
    }

    @Test
    void validatesOnATextOfItsOwn() throws IOException {
        Path other = file("dog.txt", "the dog sat\n".repeat(5));

        assertThat(rnnc("train", model, "--text", text, "--valid", other)
                        .succeeds()
                        .out())
                .contains("920 characters for training and 60 for validation");
    }

    @Test
    void neverOverwritesAnything() throws IOException {
        Path taken = file("taken/thesis.txt", "precious").getParent();

        rnnc("train", model, "--text", text, "--out", taken).fails(ExitCode.FAILED, "is not empty");
        rnnc("train", model, "--text", text, "--out", text).fails(ExitCode.FAILED, "is a file");
        rnnc("train", model, "--text", text, "--out", text.resolve("run"))
                .fails(ExitCode.FAILED, "cannot make run folder");
        assertThat(names(taken)).containsExactly("thesis.txt");
        assertThat(text).hasContent(VERSE);
    }

    @Test
    void refusesTextsItCannotUse() throws IOException {
        rnnc("train", model, "--text", folder.resolve("none")).fails(ExitCode.FAILED, "text file", "does not exist");
        rnnc("train", model, "--text", file("empty", "")).fails(ExitCode.FAILED, "is empty");
        rnnc("train", model, "--text", file("short", "the cat"))
                .fails(ExitCode.FAILED, "too short", "one batch of 4 sequences of 8 steps needs 33", "at least 37");
        Files.write(folder.resolve("latin1"), "Gr\u00F6\u00DFe".getBytes(StandardCharsets.ISO_8859_1));
        rnnc("train", model, "--text", folder.resolve("latin1")).fails(ExitCode.FAILED, "not UTF-8", "offset 2");
        rnnc("train", model, "--text", file("abc", "abcdefghijklmnopqrstuvwxyz".repeat(9)))
                .fails(ExitCode.FAILED, "26 distinct symbols", "token(20)", "\"a\"");
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void aTextJustLongEnoughTrains() throws IOException {
        Path exact = file("exact", "ab".repeat(25));

        rnnc("train", model, "--text", exact, "--epochs", 1).succeeds();
    }

    @Test
    void refusesModelsThatTextCannotTrain() throws IOException {
        rnnc("train", file("bare.rnn", "bigram 20"), "--text", text)
                .fails(ExitCode.FAILED, "no training settings", "train {");
    }

    @Test
    void refusesWrongNumbers() {
        rnnc("train", model, "--text", text, "--epochs", 0).fails(ExitCode.USAGE, "--epochs 0");
        rnnc("train", model, "--text", text, "--batch", -1).fails(ExitCode.USAGE, "--batch -1");
        rnnc("train", model, "--text", text, "--epochs", "many").fails(ExitCode.USAGE, "--epochs", "many");
    }

    @Test
    void tellsWhereTrainingLeftTheNumbers() throws IOException {
        Path wild = file("wild.rnn", "bigram 20 8 4 3 1e38");

        rnnc("train", wild, "--text", text)
                .fails(ExitCode.FAILED, "training stopped: epoch 1, step", "lower the learning rate", "no weights");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
