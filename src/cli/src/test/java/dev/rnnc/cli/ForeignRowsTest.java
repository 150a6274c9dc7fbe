package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows as other programs write them: the error names the row and what to do, and one bad row spoils no other. */
class ForeignRowsTest extends CommandLineTest {
    private Path texts;
    private Path numbers;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @BeforeEach
    void writeModels() throws IOException {
        texts = file("texts.rnn", """
                model Texts {
                  input text : token(40) sequence
                  target label : token(4)
                  output logits = dense(last(rnn(embed(text, 4), 4)), 4)
                  loss crossentropy(logits, label)
                  train { steps 20 batch 2 epochs 1 optimizer adam(rate: 0.01) }
                }
                """);
        numbers = file("numbers.rnn", """
                model Numbers {
                  input x : real[1] sequence
                  target y : real[1]
                  output z = dense(last(rnn(x, 2)), 1)
                  loss mse(z, y)
                  train { steps 4 batch 2 epochs 1 optimizer adam(rate: 0.01) }
                }
                """);
    }

    private Outcome trained(Path model, String option, Path rows, Object... more) {
        Object[] words = {"train", model, option, rows, "--out", folder.resolve("run-" + rows.getFileName())};
        Object[] all = java.util.Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return rnnc(all);
    }

    private static String repeated(String row) {
        return (row + "\n").repeat(20);
    }

    @Test
    void aMemberThatNoPortReadsMayHoldAnything() throws IOException {
        for (String member : new String[] {
            "[{\"a\": [1]}]", "[\"p\", null]", "[[0, 1], 2]", "[[1], [1, 2]]", "[[[0.5]]]", "{\"a\": 1}", "\"\\ud83d\""
        }) {
            Path rows = file("m.jsonl", repeated("{\"text\": \"abc\", \"label\": \"x\", \"more\": " + member + "}"));
            deleteRun();
            assertThat(trained(texts, "--jsonl", rows).succeeds().out()).contains("18 examples");
        }
    }

    private void deleteRun() throws IOException {
        Path run = folder.resolve("run-m.jsonl");
        if (Files.exists(run)) {
            Files.move(run, folder.resolve("old-" + System.nanoTime()));
        }
    }

    @Test
    void aMemberMayBeMissingInTheFirstObject() throws IOException {
        Path rows = file("m.jsonl", "{\"text\":\"ab\"}\n" + repeated("{\"text\": \"abc\", \"label\": \"x\"}"));
        Outcome outcome = trained(texts, "--jsonl", rows, "--skip-bad");
        assertThat(outcome.out()).contains("18 examples");
        assertThat(outcome.err()).contains("skipped 1 bad rows", "m.jsonl:1: column 'label' is empty");
    }

    @Test
    void halfASurrogatePairIsNoText() throws IOException {
        Path rows = file(
                "m.jsonl",
                repeated("{\"text\": \"abc\", \"label\": \"x\"}") + "{\"text\": \"a\\ud83d\", \"label\": \"x\"}\n");
        trained(texts, "--jsonl", rows)
                .fails(ExitCode.FAILED, "m.jsonl:21: column 'text' holds half a surrogate pair, which is no character");
    }

    @Test
    void nanIsNoNumberOfJson() throws IOException {
        Path rows = file("m.jsonl", repeated("{\"x\": [1, 2], \"y\": 1}") + "{\"x\": [1, NaN], \"y\": 1}\n");
        trained(numbers, "--jsonl", rows)
                .fails(ExitCode.FAILED, "m.jsonl:21: the line holds NaN, which is no JSON number; write null");
    }

    @Test
    void objectsOverSeveralLinesAreNamedAsThat() throws IOException {
        Path rows = file("m.jsonl", repeated("{\n \"text\": \"abc\",\n \"label\": \"x\"\n}"));
        Outcome outcome = trained(texts, "--jsonl", rows);
        outcome.fails(ExitCode.FAILED, "m.jsonl:1: the object does not end in this line", "jq -c .");
        assertThat(outcome.err()).doesNotContain("REDACTED");
    }

    @Test
    void aQuoteThatIsNeverClosedEndsTheWorkInItsLine() throws IOException {
        Path rows = file("open.csv", "text,label\n" + repeated("abc,x") + "\"open,x\n" + repeated("abd,x"));
        trained(texts, "--csv", rows, "--skip-bad")
                .fails(ExitCode.FAILED, "open.csv:22: the quote that opens in this line is never closed");
    }

    @Test
    void aCharacterBehindAClosingQuoteSpoilsItsRowOnly() throws IOException {
        Path rows = file(
                "stray.csv",
                "text,label\n" + repeated("\"a \"\"b\"\" c\",x")
                        + "\"he said \"hi\" twice\",x\n\"two\nlines\",x\n\"a\" ,x\n");
        trained(texts, "--csv", rows)
                .fails(ExitCode.FAILED, "stray.csv:22: a character follows the closing quote of a cell");
        Outcome outcome = trained(texts, "--csv", rows, "--skip-bad");
        assertThat(outcome.out()).contains("19 examples");
        assertThat(outcome.err()).contains("skipped 2 bad rows", "stray.csv:22: ", "stray.csv:25: ");
    }

    @Test
    void aFirstLineMayStateTheDelimiter() throws IOException {
        Path rows = file("sep.csv", "sep=;\nwhen;load\n" + repeated("1;2").repeat(4));
        assertThat(trained(numbers, "--csv", rows, "--input", "x=load", "--ahead", 1)
                        .succeeds()
                        .out())
                .contains("input x: load");
    }

    @Test
    void aHeaderOfNumbersIsWarnedOf() throws IOException {
        Path rows = file("bare.csv", repeated("10.5"));
        assertThat(trained(numbers, "--csv", rows, "--ahead", 1).err())
                .contains("warning: the header of", "holds numbers only; give --no-header if there is none");
    }

    @Test
    void compressedRowsAreToBeDecompressedFirst() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(repeated("1").getBytes(StandardCharsets.US_ASCII));
        }
        Path rows = Files.write(folder.resolve("rows.csv.gz"), bytes.toByteArray());
        trained(numbers, "--csv", rows, "--ahead", 1)
                .fails(ExitCode.FAILED, "is compressed; decompress it first, e.g. gzip -d");
    }
}
