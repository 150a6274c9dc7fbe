package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import dev.rnnc.project.ProjectFolder;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights in the layouts of Keras, from HDF5 files as it writes them, against its equations. */
class KerasWeightsTest extends CommandLineTest {
    private static final int X = 3;
    private static final int H = 4;
    private static final int STEPS = 5;

    private final CounterRandom random = new CounterRandom(7, 1);

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void anLstmBetweenEmbeddingAndDenseGivesWhatKerasEquationsGive() throws IOException {
        float[][] table = matrix(6, X);
        float[][] kernel = matrix(X, 4 * H);
        float[][] recurrent = matrix(H, 4 * H);
        float[] bias = vector(4 * H);
        float[][] output = matrix(H, 2);
        float[] outputBias = vector(2);
        Path weights = hdf5(
                "lstm.h5",
                Map.of(
                        "model_weights/embedding_1/embedding_1/embeddings:0", table,
                        "model_weights/rnn/rnn/lstm_cell/kernel:0", kernel,
                        "model_weights/rnn/rnn/lstm_cell/recurrent_kernel:0", recurrent,
                        "model_weights/rnn/rnn/lstm_cell/bias:0", bias,
                        "model_weights/dense/dense/kernel:0", output,
                        "model_weights/dense/dense/bias:0", outputBias,
                        "optimizer_weights/Adam/iter:0", new float[] {3}));
        Path model = file("lstm.rnn", """
                model Tagger {
                  input  word : token(6) sequence
                  layer  x    = embed(word, 3)
                  layer  rnn  = lstm(x, 4)
                  output y    = dense(rnn, 2)
                }
                """);
        int[] words = {0, 5, 2, 2, 4};
        Map<String, Tensor> results = run(model, weights, Map.of("word", Tensor.ofInts(List.of(STEPS, 1), words)));

        double[] h = new double[H];
        double[] c = new double[H];
        for (int t = 0; t < STEPS; t++) {
            double[] z = affine(table[words[t]], kernel, h, recurrent, bias);
            for (int i = 0; i < H; i++) {
                c[i] = sigmoid(z[H + i]) * c[i] + sigmoid(z[i]) * Math.tanh(z[2 * H + i]);
                h[i] = sigmoid(z[3 * H + i]) * Math.tanh(c[i]);
            }
            for (int j = 0; j < 2; j++) {
                double sum = outputBias[j];
                for (int i = 0; i < H; i++) {
                    sum += h[i] * output[i][j];
                }
                assertThat(results.get("y").doubles()[t * 2 + j]).isCloseTo(sum, within(1e-5));
            }
        }
    }

    @Test
    void aGruWithTheResetAfterTheProductGivesWhatKerasEquationsGive() throws IOException {
        float[][] kernel = matrix(X, 3 * H);
        float[][] recurrent = matrix(H, 3 * H);
        float[][] bias = matrix(2, 3 * H);
        Path weights = hdf5(
                "gru.h5",
                Map.of(
                        "gru/gru_cell/kernel:0", kernel,
                        "gru/gru_cell/recurrent_kernel:0", recurrent,
                        "gru/gru_cell/bias:0", bias));
        double[] results = runOnReals("gru", weights);

        double[] h = new double[H];
        for (int t = 0; t < STEPS; t++) {
            double[] ofInput = affine(row(t), kernel, new double[H], recurrent, bias[0]);
            double[] ofState = affine(new float[X], kernel, h, recurrent, bias[1]);
            for (int i = 0; i < H; i++) {
                double z = sigmoid(ofInput[i] + ofState[i]);
                double r = sigmoid(ofInput[H + i] + ofState[H + i]);
                h[i] = z * h[i] + (1 - z) * Math.tanh(ofInput[2 * H + i] + r * ofState[2 * H + i]);
                assertThat(results[t * H + i]).isCloseTo(h[i], within(1e-5));
            }
        }
    }

    @Test
    void aGruWithTheResetBeforeTheProductGivesWhatKerasEquationsGive() throws IOException {
        float[][] kernel = matrix(X, 3 * H);
        float[][] recurrent = matrix(H, 3 * H);
        float[] bias = vector(3 * H);
        Path weights = hdf5(
                "gru1.h5",
                Map.of(
                        "gru/gru_cell/kernel:0", kernel,
                        "gru/gru_cell/recurrent_kernel:0", recurrent,
                        "gru/gru_cell/bias:0", bias));
        double[] results = runOnReals("gru_reset_before", weights);

        double[] h = new double[H];
        for (int t = 0; t < STEPS; t++) {
            double[] gates = affine(row(t), kernel, h, recurrent, bias);
            double[] z = new double[H];
            double[] reset = new double[H];
            for (int i = 0; i < H; i++) {
                z[i] = sigmoid(gates[i]);
                reset[i] = sigmoid(gates[H + i]) * h[i];
            }
            double[] candidate = affine(row(t), kernel, reset, recurrent, bias);
            for (int i = 0; i < H; i++) {
                h[i] = z[i] * h[i] + (1 - z[i]) * Math.tanh(candidate[2 * H + i]);
                assertThat(results[t * H + i]).isCloseTo(h[i], within(1e-5));
            }
        }
        rnnc("import", gruModel("gru"), "--weights", weights, "--out", folder.resolve("no"))
                .fails(ExitCode.FAILED, "is not 3 equal parts", "h.bias_ih");
    }

    @Test
    void keras3NumbersWhatEarlierVersionsName() throws IOException {
        Map<String, Object> named = new LinkedHashMap<>();
        Map<String, Object> numbered = new LinkedHashMap<>();
        for (String direction : List.of("forward", "backward")) {
            List<Object> variables = List.of(matrix(X, 3 * H), matrix(H, 3 * H), matrix(2, 3 * H));
            List<String> names = List.of("kernel:0", "recurrent_kernel:0", "bias:0");
            for (int i = 0; i < 3; i++) {
                named.put("both/both/" + direction + "_gru/gru_cell/" + names.get(i), variables.get(i));
                numbered.put("layers/both/" + direction + "_layer/cell/vars/" + i, variables.get(i));
            }
        }
        float[][] kernel = matrix(2 * H, 2);
        float[] bias = vector(2);
        named.put("dense/dense/kernel:0", kernel);
        named.put("dense/dense/bias:0", bias);
        numbered.put("layers/dense/vars/0", kernel);
        numbered.put("layers/dense/vars/1", bias);
        Path model = file("both.rnn", """
                model Both {
                  input  x    : real[3] sequence
                  layer  both = bidirectional(gru(x, 4))
                  output y    = dense(both, 2)
                }
                """);
        Path one = folder.resolve("one.safetensors");
        Path other = folder.resolve("other.safetensors");

        String map = rnnc("import", model, "--weights", hdf5("named.h5", named), "--out", one)
                .succeeds()
                .out();
        rnnc("import", model, "--weights", hdf5("numbered.h5", numbered), "--out", other)
                .succeeds();

        assertThat(SafeTensors.read(one).tensors())
                .isEqualTo(SafeTensors.read(other).tensors());
        assertThat(map)
                .contains("both.backward.weight_hh = both/both/backward_gru/gru_cell/recurrent_kernel:0 | transpose"
                        + " | gates zrh rzh\n");
        // What import prints is a mapping file.
        Path again = folder.resolve("again.safetensors");
        rnnc("import", model, "--weights", folder.resolve("named.h5"), "--map", file("map", map), "--out", again)
                .succeeds();
        assertThat(SafeTensors.read(again).tensors())
                .isEqualTo(SafeTensors.read(one).tensors());
    }

    @Test
    void aDamagedFileIsToldOfWithoutAStackTrace() throws IOException {
        byte[] whole = Files.readAllBytes(hdf5("whole.h5", Map.of("gru/kernel:0", matrix(X, 3 * H))));
        Path cut = folder.resolve("cut.h5");
        for (int length : new int[] {8, 40, 100, whole.length / 2}) {
            Files.write(cut, Arrays.copyOf(whole, length));
            rnnc("import", gruModel("gru"), "--weights", cut, "--out", folder.resolve("no"))
                    .fails(ExitCode.FAILED, "cut.h5");
        }
    }

    /** Whatever a damaged file says of its sizes, addresses and links: it is read, or refused by its name. */
    @Test
    void bytesThatChangedAnywhereAreNoFaultOfTheProgram() throws IOException {
        byte[] whole = Files.readAllBytes(hdf5(
                "whole.h5",
                Map.of(
                        "gru/gru_cell/kernel:0", matrix(X, 3 * H),
                        "gru/gru_cell/recurrent_kernel:0", matrix(H, 3 * H),
                        "gru/gru_cell/bias:0", matrix(2, 3 * H))));
        List<byte[]> files = new ArrayList<>(List.of(whole));
        Path recorded = TorchCase.folder().resolveSibling("keras-models/gru-reset-before/model.h5");
        if (Files.exists(recorded)) {
            files.add(Files.readAllBytes(recorded));
        }
        Path model = gruModel("gru");
        Path damaged = folder.resolve("damaged.h5");
        for (byte[] file : files) {
            for (int round = 0; round < 150; round++) {
                byte[] changed = file.clone();
                for (int i = 0; i <= round % 8; i++) {
                    changed[(int) (random.nextUniform() * changed.length)] = (byte) (256 * random.nextUniform());
                }
                Files.write(damaged, changed);
                Outcome outcome =
                        rnnc("import", model, "--weights", damaged, "--map", "keras", "--out", folder.resolve("out"));
                if (outcome.code() != ExitCode.OK) {
                    outcome.fails(ExitCode.FAILED, "damaged.h5");
                    assertThat(outcome.err()).doesNotContain("internal error");
                }
            }
        }
    }

    /** textgenrnn's README states 1.765 nats per character for lines 2 to 120 of its data; a wrong layout gives 6.8. */
    @Test
    void thePretrainedCharacterModelReachesItsStatedLoss() throws IOException {
        Path data = TorchCase.folder().resolveSibling("trained-textgenrnn");
        assumeTrue(Files.isDirectory(data), "needs trained-textgenrnn in RNNC_DATA: " + data);
        Path sample = ProjectFolder.ROOT.resolve("samples/pretrained");
        Path windows = folder.resolve("windows.safetensors");
        int predictions = TextgenrnnWindows.write(
                data.resolve("vocab.json"), data.resolve("hacker_news_2000.txt"), 2, 120, windows);
        assertThat(predictions).isEqualTo(4614);

        String score = rnnc(
                        "eval",
                        sample.resolve("textgenrnn.rnn"),
                        "--weights",
                        data.resolve("model.safetensors"),
                        "--map",
                        sample.resolve("textgenrnn.map"),
                        "--data",
                        windows)
                .succeeds()
                .out();

        assertThat(Double.parseDouble(score.replaceAll("(?s)^loss ([0-9.]+).*", "$1")))
                .isCloseTo(1.765, within(5e-4));
    }

    private Path gruModel(String cell) throws IOException {
        return file(cell + ".rnn", """
                model Gru {
                  input  x : real[3] sequence
                  output h = %s(x, 4)
                }
                """.formatted(cell));
    }

    private double[] runOnReals(String cell, Path weights) throws IOException {
        float[] x = new float[STEPS * X];
        for (int t = 0; t < STEPS; t++) {
            System.arraycopy(row(t), 0, x, t * X, X);
        }
        return run(gruModel(cell), weights, Map.of("x", Tensor.ofFloats(List.of(STEPS, 1, X), x)))
                .get("h")
                .doubles();
    }

    private static float[] row(int t) {
        return new float[] {(float) Math.sin(t), (float) Math.cos(2 * t), 0.3f * t - 0.5f};
    }

    private Map<String, Tensor> run(Path model, Path weights, Map<String, Tensor> data) throws IOException {
        Path in = folder.resolve("in.safetensors");
        Path out = folder.resolve("out.safetensors");
        SafeTensors.write(in, data, Map.of());
        rnnc("run", model, "--weights", weights, "--data", in, "--out", out).succeeds();
        return SafeTensors.read(out).tensors();
    }

    private Path hdf5(String name, Map<String, ?> datasets) {
        Path path = folder.resolve(name);
        try (WritableHdfFile file = HdfFile.write(path)) {
            Map<String, WritableGroup> groups = new LinkedHashMap<>();
            groups.put("", file);
            datasets.forEach((dataset, values) -> {
                List<String> parts = new ArrayList<>(List.of(dataset.split("/")));
                String leaf = parts.removeLast();
                String above = "";
                for (String part : parts) {
                    WritableGroup parent = groups.get(above);
                    above = above + "/" + part;
                    groups.computeIfAbsent(above, _ -> parent.putGroup(part));
                }
                groups.get(above).putDataset(leaf, values);
            });
        }
        return path;
    }

    /** {@code x @ kernel + h @ recurrent + bias}, as Keras has it. */
    private static double[] affine(float[] x, float[][] kernel, double[] h, float[][] recurrent, float[] bias) {
        double[] sum = new double[bias.length];
        for (int g = 0; g < sum.length; g++) {
            sum[g] = bias[g];
            for (int k = 0; k < x.length; k++) {
                sum[g] += x[k] * kernel[k][g];
            }
            for (int k = 0; k < h.length; k++) {
                sum[g] += h[k] * recurrent[k][g];
            }
        }
        return sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private float[][] matrix(int rows, int columns) {
        float[][] matrix = new float[rows][];
        for (int i = 0; i < rows; i++) {
            matrix[i] = vector(columns);
        }
        return matrix;
    }

    private float[] vector(int size) {
        float[] vector = new float[size];
        for (int i = 0; i < size; i++) {
            vector[i] = (float) (2 * random.nextUniform() - 1);
        }
        return vector;
    }
}
