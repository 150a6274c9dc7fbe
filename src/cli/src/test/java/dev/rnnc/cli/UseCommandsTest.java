package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code eval}, {@code generate} and {@code run} with weights whose results are known. */
class UseCommandsTest extends CommandLineTest {
    private Path model;
    private Path weights;
    private Path text;

    /** A table by which b follows a, c follows b and a follows c, each with score 20 against 0. */
    @BeforeEach
    void writeModelWeightsAndText() throws IOException {
        model = file("m.rnn", "bigram 4 5 2 1 0.1");
        float[] table = new float[16];
        table[1] = table[4 + 2] = table[8] = 20;
        weights = folder.resolve("w.safetensors");
        SafeTensors.write(weights, Map.of("table.weight", Tensor.ofFloats(List.of(4, 4), table)), Map.of());
        file("vocabulary.json", "[\"a\", \"b\", \"c\"]");
        text = file("abc.txt", "abcabcabcabcabcabcabcab");
    }

    @Test
    void evalTellsLossPerplexityAndAccuracy() {
        assertThat(rnnc("eval", model, "--weights", weights, "--text", text)
                        .succeeds()
                        .out())
                .isEqualTo("loss 0.0000 nats per character  perplexity 1.00  accuracy 100.00 %  (22 characters)\n");
        assertThat(rnnc("eval", model, "--weights", weights, "--text", text, "--json")
                        .succeeds()
                        .out())
                .contains("\"accuracy\" : 1.0", "\"characters\" : 22");
    }

    @Test
    void evalRefusesWhatDoesNotFit() throws IOException {
        rnnc("eval", model, "--weights", weights, "--text", file("x", "abcx")).fails(1, "line 1, column 4", "\"x\"");
        rnnc("eval", model, "--weights", weights, "--text", file("y", "a")).fails(1, "too short", "lower --batch");
        rnnc("eval", model, "--weights", folder.resolve("no"), "--text", text).fails(1, "weights file", "not exist");
        rnnc("eval", model, "--weights", text, "--text", text).fails(1, "damaged or not a safetensors file");
        rnnc("eval", model, "--text", text).fails(ExitCode.USAGE, "--weights");
        Files.delete(folder.resolve("vocabulary.json"));
        rnnc("eval", model, "--weights", weights, "--text", text).fails(1, "no vocabulary.json beside", "--vocabulary");
    }

    @Test
    void refusesWeightsOfAnotherModelByNamingEveryDifference() throws IOException {
        Path other = file("other.rnn", "bigram 5 5 2 1 0.1");

        rnnc("generate", other, "--weights", weights)
                .fails(1, "does not hold the weights of model Bigram", "[5, 5]", "[4, 4]");
    }

    @Test
    void refusesWeightsThatAreNotNumbers() throws IOException {
        float[] table = new float[16];
        table[3] = Float.NaN;
        Path bad = folder.resolve("bad.safetensors");
        SafeTensors.write(bad, Map.of("table.weight", Tensor.ofFloats(List.of(4, 4), table)), Map.of());

        rnnc("generate", model, "--weights", bad).fails(1, "table.weight[3] = NaN");
    }

    @Test
    void refusesAVocabularyThatIsTooLarge() throws IOException {
        Path large = file("large.json", "[\"a\", \"b\", \"c\", \"d\", \"e\"]");

        rnnc("generate", model, "--weights", weights, "--vocabulary", large).fails(1, "5 symbols", "token(4)");
    }

    @Test
    void generateContinuesThePrime() {
        assertThat(rnnc("generate", model, "--weights", weights, "--prime", "ab", "--length", 5)
                        .succeeds()
                        .out())
                .isEqualTo("abcabca" + System.lineSeparator());
    }

    @Test
    void generateNeverDrawsATokenWithoutSymbol() throws IOException {
        Path flat = folder.resolve("flat.safetensors");
        SafeTensors.write(flat, Map.of("table.weight", Tensor.ofFloats(List.of(4, 4), new float[16])), Map.of());

        Outcome first = rnnc("generate", model, "--weights", flat, "--vocabulary", folder.resolve("vocabulary.json"));
        Outcome same = rnnc("generate", model, "--weights", flat, "--vocabulary", folder.resolve("vocabulary.json"));
        Outcome other = rnnc("generate", model, "--weights", flat, "--seed", 2, "--length", 500);

        assertThat(first.succeeds().out().strip())
                .hasSize(500)
                .matches("[abc]*")
                .isEqualTo(same.out().strip());
        assertThat(other.succeeds().out()).isNotEqualTo(first.out());
    }

    @Test
    void generateRefusesWrongOptions() {
        rnnc("generate", model, "--weights", weights, "--prime", "ax").fails(1, "--prime", "column 2", "\"x\"");
        rnnc("generate", model, "--weights", weights, "--temperature", -1).fails(ExitCode.USAGE, "--temperature");
        rnnc("generate", model, "--weights", weights, "--length", -1).fails(ExitCode.USAGE, "--length");
    }

    @Test
    void runTakesTimeStepsAndBatchFromTheData() throws IOException {
        Path in = tensors("in", Map.of("text", Tensor.ofLongs(List.of(7, 3), new long[21])));
        Path out = folder.resolve("out.safetensors");

        assertThat(rnnc("run", model, "--weights", weights, "--data", in, "--out", out)
                        .succeeds()
                        .err())
                .contains("T = 7, B = 3");
        Map<String, Tensor> results = SafeTensors.read(out).tensors();
        assertThat(results).containsOnlyKeys("logits");
        assertThat(results.get("logits").shape()).containsExactly(7, 3, 4);
        assertThat(results.get("logits").floats()).startsWith(0, 20, 0, 0).endsWith(0, 20, 0, 0);
    }

    @Test
    void runWritesLossAndGradientsOnRequest() throws IOException {
        Map<String, Tensor> data = new HashMap<>();
        data.put("text", Tensor.ofInts(List.of(1, 1), new int[] {3}));
        Path out = folder.resolve("out.safetensors");

        rnnc("run", model, "--weights", weights, "--data", tensors("no", data), "--out", out, "--gradients")
                .fails(1, "lacks target 'next' [T, B]", "it holds text");

        data.put("next", Tensor.ofInts(List.of(1, 1), new int[] {0}));
        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out, "--gradients")
                .succeeds();
        Map<String, Tensor> results = SafeTensors.read(out).tensors();
        assertThat(results.get("loss").shape()).isEmpty();
        assertThat(results.get("loss").doubles()[0]).isCloseTo(Math.log(4), within(1e-6));
        assertThat(results.get("grad.table.weight").floats()).endsWith(-0.75f, 0.25f, 0.25f, 0.25f);
    }

    @Test
    void runNamesWhatIsWrongWithTheData() throws IOException {
        runFails(Map.of("txt", Tensor.ofInts(List.of(1, 1), new int[1])), "lacks input 'text' [T, B]", "it holds txt");
        runFails(Map.of("text", Tensor.ofInts(List.of(3), new int[3])), "'text' has shape [3], but [T, B] is expected");
        runFails(Map.of("text", Tensor.ofInts(List.of(0, 1), new int[0])), "'text' [0, 1] has no time steps");
        runFails(Map.of("text", Tensor.ofFloats(List.of(1, 1), new float[1])), "'text' holds F32", "whole numbers");
        runFails(
                Map.of("text", Tensor.ofInts(List.of(2, 2), new int[] {0, 1, 9, 0})),
                "'text' holds token 9 at [1, 0]",
                "0 to 3");
        runFails(
                Map.of(
                        "text", Tensor.ofInts(List.of(2, 2), new int[4]),
                        "next", Tensor.ofInts(List.of(2, 3), new int[6])),
                "'next' [2, 3] has 3 sequences, but 'text' [2, 2] has 2");
        rnnc("run", model, "--weights", weights, "--data", weights, "--out", weights)
                .fails(ExitCode.USAGE, "would overwrite an input");
    }

    @Test
    void runWarnsOfTensorsThatNobodyReads() throws IOException {
        Path in = tensors(
                "in",
                Map.of(
                        "text", Tensor.ofInts(List.of(1, 1), new int[1]),
                        "mood", Tensor.ofFloats(List.of(1), new float[1])));

        assertThat(rnnc("run", model, "--weights", weights, "--data", in, "--out", folder.resolve("out"))
                        .err())
                .contains("warning: ", "holds 'mood', which model Bigram does not read");
    }

    @Test
    void runReadsWeightsUnderForeignNames() throws IOException {
        Path in = tensors("in", Map.of("text", Tensor.ofInts(List.of(1, 1), new int[1])));
        Tensor table = SafeTensors.read(weights).tensors().get("table.weight");
        Path torch = tensors("torch", Map.of("encoder.weight", table));
        Path alias = tensors("alias", Map.of("lookup.weight", table));
        Path map = file("map.json", "{\"table.weight\": \"encoder.weight\"}");
        Path out = folder.resolve("out");

        rnnc("run", model, "--weights", alias, "--data", in, "--out", out).succeeds();
        rnnc("run", model, "--weights", torch, "--map", map, "--data", in, "--out", out)
                .succeeds();
        rnnc("run", model, "--weights", torch, "--data", in, "--out", out).fails(1, "table.weight", "encoder.weight");
        rnnc("run", model, "--weights", torch, "--map", file("bad", "[1]"), "--data", in, "--out", out)
                .fails(1, "is not a JSON object of names");
        rnnc("run", model, "--weights", torch, "--map", file("bad", "{\"h1.w\": \"x\"}"), "--data", in, "--out", out)
                .fails(1, "'h1.w'", "it has table.weight");
        rnnc("run", model, "--weights", torch, "--map", file("bad", "{\"h1.w\""), "--data", in, "--out", out)
                .fails(1, "line 1");
    }

    private void runFails(Map<String, Tensor> data, String... words) throws IOException {
        Path out = folder.resolve("never.safetensors");
        rnnc("run", model, "--weights", weights, "--data", tensors("in", data), "--out", out)
                .fails(ExitCode.FAILED, words);
        assertThat(out).doesNotExist();
    }

    private Path tensors(String name, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve(name + ".safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }
}
