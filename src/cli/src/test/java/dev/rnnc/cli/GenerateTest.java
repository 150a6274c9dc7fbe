package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code rnnc generate} where a model feeds itself, and where none can go step by step. */
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

    private static final String CAPTION = """
            model Caption {
              input  image : real[3]
              target word : token(5) sequence
              layer  h = gru(concat(image, embed(previous(word, start: 4), 6)), 8, initial: {h: tanh(dense(image, 8))})
              output z = dense(h, 5) * 8
              loss crossentropy(z, word)
            }
            """;

    private static final String TRANSLATOR = """
            model Translator {
              input  words : token(6) sequence
              target out : token(5) sequence
              layer  e = bidirectional(gru(embed(words, 4), 4))
              layer  d = gru(embed(previous(out), 4), 8, initial: {h: final(e)})
              output z = dense(concat(d, attention(d, e)), 5) * 8
              loss crossentropy(z, out)
              train { steps 6  batch 2 }
            }
            """;

    /** Weights as training starts with, by way of a tensor for each parameter. */
    private Path weights(Path model) throws IOException {
        var parameters = new Parameters(
                new CompilerBackend().check(model).model().orElseThrow().spec());
        Initialization.fill(parameters, 3);
        Path weights = folder.resolve("w.safetensors");
        WeightFile.save(parameters, weights, Map.of());
        return weights;
    }

    private Path tensors(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name);
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    @Test
    void eachRowOfTheInputsGetsASequenceThatTeacherForcingConfirms() throws IOException {
        Path model = file("caption.rnn", CAPTION);
        Path weights = weights(model);
        Tensor images = Tensor.ofFloats(List.of(3, 3), new float[] {1, 0, -1, 2, 2, -2, -3, 1, 0});
        Path images3 = tensors("images.safetensors", Map.of("image", images));
        Path out = folder.resolve("captions.safetensors");
        rnnc(
                        "generate",
                        model,
                        "--weights",
                        weights,
                        "--data",
                        images3,
                        "--length",
                        7,
                        "--temperature",
                        0,
                        "--out",
                        out)
                .succeeds();
        Tensor words = SafeTensors.read(out).tensors().get("word");
        assertThat(words.shape()).containsExactly(7, 3);
        confirm(model, weights, Map.of("image", images, "word", words), words);

        List<String> lines = rnnc(
                        "generate", model, "--weights", weights, "--data", images3, "--length", 7, "--temperature", 0)
                .succeeds()
                .out()
                .lines()
                .toList();
        assertThat(lines).hasSize(3);
        StringBuilder second = new StringBuilder();
        for (int t = 0; t < 7; t++) {
            second.append(t == 0 ? "[" : ",").append(words.ints()[3 * t + 1]);
        }
        assertThat(lines.get(1)).isEqualTo(second + "]");
    }

    @Test
    void anEncoderReadsSequencesOfUnequalLengthAndTheDecoderFollows() throws IOException {
        Path model = file("translator.rnn", TRANSLATOR);
        Path weights = weights(model);
        Tensor words = Tensor.ofInts(List.of(3, 3), new int[] {1, 2, 3, 4, 5, 99, 3, 99, 99});
        Tensor lengths = Tensor.ofInts(List.of(3), new int[] {3, 2, 1});
        Path data = tensors("words.safetensors", Map.of("words", words, "words.lengths", lengths));
        Path out = folder.resolve("out.safetensors");
        rnnc("generate", model, "--weights", weights, "--data", data, "--temperature", 0, "--out", out)
                .succeeds();
        Tensor made = SafeTensors.read(out).tensors().get("out");
        assertThat(made.shape()).containsExactly(6, 3);
        confirm(model, weights, Map.of("words", words, "words.lengths", lengths, "out", made), made);

        Path alone = tensors("alone.safetensors", Map.of("words", Tensor.ofInts(List.of(2, 1), new int[] {2, 5})));
        String row = rnnc("generate", model, "--weights", weights, "--data", alone, "--temperature", 0)
                .succeeds()
                .out()
                .strip();
        assertThat(row)
                .isEqualTo(IntStream.range(0, 6)
                        .mapToObj(t -> String.valueOf(made.ints()[3 * t + 1]))
                        .collect(Collectors.joining(",", "[", "]")));
    }

    /** Teacher forced with what was generated, the model scores each generated token highest. */
    private void confirm(Path model, Path weights, Map<String, Tensor> data, Tensor tokens) throws IOException {
        Path forced = folder.resolve("forced.safetensors");
        rnnc("run", model, "--weights", weights, "--data", tensors("given.safetensors", data), "--out", forced)
                .succeeds();
        double[] scores = SafeTensors.read(forced).tensors().get("z").doubles();
        assertThat(TextScore.hits(scores, tokens.doubles())).isEqualTo(tokens.size());
    }

    @Test
    void theSameSeedDrawsTheSameAndAStopSymbolEndsARow() throws IOException {
        Path model = file("caption.rnn", CAPTION);
        Path weights = weights(model);
        Path data = tensors("i.safetensors", Map.of("image", Tensor.ofFloats(List.of(4, 3), new float[12])));
        file("vocabulary.json", "[\"a\", \"b\", \"c\", \"d\"]");
        Object[] draw = {"generate", model, "--weights", weights, "--data", data, "--length", 30, "--temperature", 3};
        String first = rnnc(draw).succeeds().out();
        assertThat(rnnc(draw).out()).isEqualTo(first);
        List<String> rows = first.lines().toList();
        assertThat(rows).hasSize(4).doesNotHaveDuplicates().allMatch(row -> row.matches("[a-d]{30}"));
        Object[] stopping = Arrays.copyOf(draw, draw.length + 2);
        stopping[draw.length] = "--stop";
        stopping[draw.length + 1] = "c";
        assertThat(rnnc(stopping).succeeds().out().lines())
                .containsExactlyElementsOf(
                        rows.stream().map(row -> row.split("c")[0]).toList());
        Object[] likeliest = Arrays.copyOf(draw, draw.length + 2);
        likeliest[draw.length] = "--top-k";
        likeliest[draw.length + 1] = 1;
        Object[] greedy = draw.clone();
        greedy[draw.length - 1] = 0;
        assertThat(rnnc(likeliest).succeeds().out())
                .isEqualTo(rnnc(greedy).succeeds().out());
    }

    @Test
    void aForecastGoesOnFromWhatIsKnownAndFeedsItself() throws IOException {
        // y[t] = 2 y[t-1] + x[t]
        Path model = file("forecast.rnn", """
                model Forecast {
                  input  x : real sequence
                  target y : real sequence
                  output p = 2 * previous(y) + x
                  loss mse(p, y)
                }
                """);
        Path weights = tensors("none.safetensors", Map.of());
        Path data = tensors(
                "xy.safetensors",
                Map.of(
                        "x", Tensor.ofFloats(List.of(4, 2), new float[] {1, 0, 0, 0, 0, 1, 0, 0}),
                        "y", Tensor.ofFloats(List.of(2, 2), new float[] {5, 7, 6, 0}),
                        "y.lengths", Tensor.ofInts(List.of(2), new int[] {2, 1})));
        assertThat(rnnc("generate", model, "--weights", weights, "--data", data, "--continue", "--length", 9)
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("[5.0,6.0,12.0,24.0]", "[7.0,14.0,29.0,58.0]");
        assertThat(rnnc("generate", model, "--weights", weights, "--data", data, "--length", 3)
                        .succeeds()
                        .out()
                        .lines())
                .containsExactly("[1.0,2.0,4.0]", "[0.0,0.0,1.0]");
    }

    @Test
    void whatIsMissingOrOfNoUseIsNamed() throws IOException {
        Path model = file("caption.rnn", CAPTION);
        Path weights = weights(model);
        Path data = tensors("i.safetensors", Map.of("image", Tensor.ofFloats(List.of(2, 3), new float[6])));
        rnnc("generate", model, "--weights", weights)
                .fails(ExitCode.USAGE, "generates from 'input image : real[3]'", "--data FILE.safetensors");
        rnnc("generate", model, "--weights", weights, "--data", data, "--stop", "5")
                .fails(ExitCode.USAGE, "--stop '5'", "from 0 to 4");
        rnnc("generate", model, "--weights", weights, "--data", data, "--prime", "a")
                .fails(ExitCode.USAGE, "--prime is a text", "no vocabulary");
        rnnc("generate", model, "--weights", weights, "--data", data, "--continue")
                .fails(ExitCode.FAILED, "lacks 'word' [T, B]", "--continue");
        rnnc("generate", model, "--weights", weights, "--data", data, "--top-k", 0)
                .fails(ExitCode.USAGE, "--top-k 0");
        Path three = tensors(
                "three.safetensors",
                Map.of(
                        "image",
                        Tensor.ofFloats(List.of(2, 3), new float[6]),
                        "word",
                        Tensor.ofInts(List.of(1, 3), new int[] {1, 2, 3})));
        rnnc("generate", model, "--weights", weights, "--data", three, "--continue")
                .fails(ExitCode.FAILED, "the inputs have 2 sequences", "from 3");
    }

    @Test
    void aModelWhoseOutputsDoNotFitWhatItReadsIsRefused() throws IOException {
        Path model = file("odd.rnn", """
                model Odd {
                  target word : token(5) sequence
                  output z = dense(one_hot(previous(word)), 4)
                }
                """);
        rnnc("generate", model, "--weights", model)
                .fails(ExitCode.FAILED, "model Odd cannot generate step by step", "5 scores for each step of 'word'");
    }

    @Test
    void aModelThatReadsOnlyItsTargetTrainsOnATextAndWritesIt() throws IOException {
        Path model = file("self.rnn", """
                model Self {
                  target next : token(5) sequence
                  layer  h = lstm(embed(previous(next, start: 4), 8), 16)
                  output z = dense(h, 5)
                  loss crossentropy(z, next)
                  train { steps 12 batch 4 optimizer adam(rate: 0.02) epochs 30 }
                }
                """);
        Path run = folder.resolve("run");
        Path text = file("abcd.txt", "abcd".repeat(200));
        assertThat(rnnc("train", model, "--text", text, "--out", run).succeeds().out())
                .contains("chars/s", "sample (temperature 0.8");
        assertThat(run.resolve("sample.txt")).content().contains("abcdabcdabcd");
        Path weights = run.resolve("weights.safetensors");
        assertThat(rnnc("eval", model, "--weights", weights, "--text", text)
                        .succeeds()
                        .out())
                .contains("nats per character");
        assertThat(rnnc("generate", model, "--weights", weights, "--prime", "bc", "--length", 6, "--temperature", 0)
                        .succeeds()
                        .out()
                        .strip())
                .isEqualTo("bcdabcda");
        rnnc("train", model, "--text", file("abcde.txt", "abcdef".repeat(200))).fails(ExitCode.FAILED, "6", "next");
    }
}
