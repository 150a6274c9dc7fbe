package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the page on a training shows: metrics by epoch, and what the best weights answer. */
class RunReportTest extends CommandLineTest {
    private static final Pattern SVG = Pattern.compile("data:image/svg\\+xml;base64,([^\"]*)");

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void ofAClassifierItShowsHowItsLabelsWereConfused() throws IOException {
        Path model = file("kind.rnn", """
                model Kind {
                  input  x    : real[1] sequence
                  target kind : token(2)
                  output z = dense(last(rnn(x, 3)), 2)
                  loss crossentropy(z, kind)
                  train { steps 4 batch 4 optimizer adam(rate: 0.05) epochs 2 }
                }
                """);
        String rows = IntStream.range(0, 40)
                .mapToObj(
                        i -> "{\"x\": [%d, %d], \"kind\": \"%s\"}".formatted(i % 2, i % 3, i % 2 == 0 ? "even" : "odd"))
                .collect(Collectors.joining("\n"));

        String page = report(model, "--jsonl", file("kinds.jsonl", rows));

        assertThat(page)
                .contains("Validation with the best weights", "<td>accuracy</td>", "<td>f1</td>")
                .contains("Confusion of kind", "<th>even</th>", "<th>odd</th>", "rgba(")
                .doesNotContain("http", "Perplexity");
        assertThat(pictures(page)).contains(">Metrics of the validation data<", ">accuracy<", ">f1<");
    }

    @Test
    void ofAForecastItShowsPredictionsInTheUnitOfTheData() throws IOException {
        Path model = file("heat.rnn", """
                model Heat {
                  input  x : real[1] sequence
                  target y : real[1]
                  output z = dense(last(rnn(x, 3)), 1)
                  loss mse(z, y)
                  train { steps 4 batch 4 optimizer adam(rate: 0.02) epochs 2 }
                }
                """);
        String rows = "heat\n"
                + IntStream.range(0, 90)
                        .mapToObj(i -> Integer.toString(5000 + 100 * (i % 7)))
                        .collect(Collectors.joining("\n"));

        String page = report(
                model, "--csv", file("heat.csv", rows), "--ahead", 1, "--split", "time:0.8", "--normalize", "standard");

        assertThat(page)
                .contains("<td>mae</td>", "<td>rmse</td>", "Predictions of y", "data:image/png;base64,")
                .doesNotContain("Confusion");
        // Scaled, no number would be above 2; the curves are of 5,000 to 5,600.
        assertThat(pictures(page))
                .contains(">Errors on the validation data<", ">y over the validation data<", ">heat<", ">predicted<")
                .containsPattern(">5[0-9]00<");
    }

    @Test
    void ofAModelThatFeedsItselfItShowsWhatItDecodesBothWays() throws IOException {
        Path model = file("copy.rnn", """
                model Copy {
                  input  given : token(4) sequence
                  target said  : token(4) sequence
                  output z = dense(gru(concat(one_hot(given), one_hot(previous(said))), 4), 4)
                  loss crossentropy(z, said)
                  train { steps 3 batch 4 optimizer adam(rate: 0.02) epochs 1 }
                }
                """);
        int[] tokens = IntStream.range(0, 60).map(i -> i * i % 4).toArray();
        Path data = folder.resolve("copy.safetensors");
        SafeTensors.write(
                data,
                Map.of(
                        "given", Tensor.ofInts(List.of(3, 20), tokens),
                        "said", Tensor.ofInts(List.of(3, 20), tokens),
                        "said.lengths",
                                Tensor.ofInts(
                                        List.of(20),
                                        IntStream.range(0, 20)
                                                .map(i -> 1 + i % 3)
                                                .toArray())),
                Map.of());

        String page = report(model, "--data", data);

        assertThat(page)
                .contains("said, teacher forcing</td><td>edit distance", "said, free running</td><td>edit distance")
                .contains("Answers for said", "<td>teacher forcing</td>", "<td>free running</td>");
        assertThat(pictures(page)).contains(">Perplexity of the validation data<");
    }

    @Test
    void ofATextItShowsSymbolsAndBitsAndGoesOnAfterAResume() throws IOException {
        Path model = file("text.rnn", """
                model Text {
                  input  now  : token(8) sequence
                  target next : token(8) sequence
                  output z = dense(rnn(one_hot(now), 4), 8)
                  loss crossentropy(z, next)
                  train { steps 8 batch 2 optimizer adam(rate: 0.02) epochs 2 }
                }
                """);
        Path run = folder.resolve("run");
        Path text = file("text.txt", "<abba>\n".repeat(60));

        String page = report(model, "--text", text);

        assertThat(page)
                .contains("<td>bits per character</td>", "Answers for next", "abba&gt;\u21b5&lt;a", "of 2.")
                .doesNotContain("free running");
        assertThat(pictures(page)).contains(">Bits per character<", ">Perplexity<", ">validation<");

        rnnc("train", "--resume", run, "--epochs", 3).succeeds();
        assertThat(Files.readString(run.resolve("report.html"))).contains("of 3.", "<td class=\"n\">1</td>");
    }

    private String report(Path model, Object... data) throws IOException {
        Path run = folder.resolve("run");
        Object[] arguments = new Object[5 + data.length];
        System.arraycopy(new Object[] {"train", model, "--report", "--out", run}, 0, arguments, 0, 5);
        System.arraycopy(data, 0, arguments, 5, data.length);
        rnnc(arguments).succeeds();
        return Files.readString(run.resolve("report.html"));
    }

    /** The words and lines of all charts. */
    private static String pictures(String page) {
        StringBuilder all = new StringBuilder();
        Matcher picture = SVG.matcher(page);
        while (picture.find()) {
            all.append(new String(Base64.getDecoder().decode(picture.group(1)), StandardCharsets.UTF_8));
        }
        return all.toString();
    }
}
