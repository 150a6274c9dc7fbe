package dev.rnnc.generic;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One of DL4J's recorded trainings of a classifier of control charts: a recurrent layer, the mean over its steps, a
 * dense layer. Arrays are those of our parameters: row-major, [outputs, inputs].
 *
 * @param name the folder's name
 * @param bidirectional whether the recurrent layer runs both ways
 */
public record Dl4jCase(String name, boolean bidirectional) {
    /** Time steps T of a chart. */
    public static final int STEPS = 60;
    /** Rows of a minibatch. */
    public static final int BATCH = 10;
    /** Kinds of charts. */
    public static final int KINDS = 6;
    /** What the recorded training added to a score: {@code PENALTY * (sum |w| + sum w^2 / 2)} of all weights. */
    public static final double PENALTY = 1e-3;

    private static final int HIDDEN = 10;
    private static final int CHARTS = 101;

    /** The cases; empty if the data is not there. */
    public static List<Dl4jCase> all() {
        return Stream.of(
                        new Dl4jCase("RnnCsvSequenceClassification1", false),
                        new Dl4jCase("RnnCsvSequenceClassification2", true))
                .filter(c -> Files.isDirectory(c.folder()) && Files.isDirectory(charts()))
                .toList();
    }

    /** The folders that hold the recorded values and the charts. */
    public static String needed() {
        return "needs the folders vectors-dl4j-rnn and uci-control-charts in RNNC_DATA: " + charts().getParent();
    }

    /** The network as a model file, in double. */
    public String text() {
        return """
                cell LSTM(x[X]) -> h[H] {
                  state h[H], c[H]
                  param W[4*H, X], RW[4*H, H], b[4*H] ~ normal(1)
                  a, f, o, i = split(W @ x + RW @ h + b, 4)
                  c' = sigmoid(f) * c + sigmoid(i) * tanh(a)
                  h' = sigmoid(o) * tanh(c')
                }
                model Charts {
                  precision double
                  input  x    : real[1] sequence
                  target kind : token(%d)
                  layer  l      = %s
                  layer  logits = dense(mean(l), %d)
                  output y      = softmax(logits)
                  loss crossentropy(logits, kind)
                  train { steps %d batch %d optimizer adam(rate: 0.05) }
                }
                """.formatted(
                KINDS,
                bidirectional ? "bidirectional(LSTM(x, %d))".formatted(HIDDEN) : "LSTM(x, %d)".formatted(HIDDEN),
                KINDS,
                STEPS,
                BATCH);
    }

    /**
     * One parameter.
     *
     * @param name ours
     * @param theirs DL4J's, which its file is named after
     * @param rows rows of ours, columns of theirs
     * @param columns columns of ours
     */
    public record Block(String name, String theirs, int rows, int columns) {
        /** Whether the penalty counts it: biases have none. */
        public boolean isWeight() {
            return columns > 0;
        }

        int size() {
            return rows * Math.max(1, columns);
        }
    }

    /** The parameters in the order of DL4J's flat array. */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        for (String direction : bidirectional ? List.of("forward.", "backward.") : List.of("")) {
            String letter = direction.isEmpty() ? "" : direction.substring(0, 1);
            blocks.add(new Block("l." + direction + "W", "0_" + letter + "W", 4 * HIDDEN, 1));
            blocks.add(new Block("l." + direction + "RW", "0_" + letter + "RW", 4 * HIDDEN, HIDDEN));
            blocks.add(new Block("l." + direction + "b", "0_" + letter + "b", 4 * HIDDEN, 0));
        }
        blocks.add(new Block("logits.weight", "2_W", KINDS, bidirectional ? 2 * HIDDEN : HIDDEN));
        blocks.add(new Block("logits.bias", "2_b", KINDS, 0));
        return List.copyOf(blocks);
    }

    /** The parameters before the first minibatch, by our names. */
    public Map<String, double[]> before() {
        return blocks(read("model_untrained/coefficients.bin"));
    }

    /** The parameters after the last minibatch, by our names. */
    public Map<String, double[]> after() {
        return blocks(read("paramsPostTrain.bin"));
    }

    /** The gradient for the first minibatch, summed over its rows, out of the flat array. */
    public Map<String, double[]> gradients() {
        return blocks(read("flattenedGradients.bin"));
    }

    /** The same gradient out of one file for each parameter. */
    public Map<String, double[]> gradientsOneByOne() {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        for (Block block : blocks()) {
            gradients.put(
                    block.name(), read("gradients/" + block.theirs() + ".bin").columnMajor());
        }
        return gradients;
    }

    /** The untrained network's probabilities [B, KINDS] for the first minibatch. */
    public double[] predictions() {
        return read("predictions/output_0_0.bin").rowMajor();
    }

    /** The score of each minibatch before its update. */
    public double[] scores() {
        return numbers(text(folder().resolve("trainingCurve.csv")).strip());
    }

    /** How many of the test charts the trained network puts right. */
    public int right() {
        try {
            JsonValue.Members members =
                    (JsonValue.Members) Json.parse(text(folder().resolve("evaluation/0.Evaluation.json")));
            JsonValue.Members positives = (JsonValue.Members) members.members().get("truePositives");
            JsonValue.Number count = (JsonValue.Number) positives.members().get("totalCount");
            return (int) Double.parseDouble(count.literal());
        } catch (JsonException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Some charts.
     *
     * @param x scaled values [T, B]
     * @param kinds [B]
     */
    public record Minibatch(double[] x, int[] kinds) {}

    /** The minibatches of the training: the first charts in the order of the file, the last batch smaller. */
    public List<Minibatch> training() {
        return minibatches(lines("train.csv").subList(0, CHARTS));
    }

    /** The test charts. */
    public List<Minibatch> test() {
        return minibatches(lines("test.csv"));
    }

    private List<Minibatch> minibatches(List<double[]> charts) {
        List<Minibatch> batches = new ArrayList<>();
        for (int start = 0; start < charts.size(); start += BATCH) {
            List<double[]> rows = charts.subList(start, Math.min(charts.size(), start + BATCH));
            double[] x = new double[STEPS * rows.size()];
            for (int i = 0; i < x.length; i++) {
                x[i] = scaled(rows.get(i % rows.size())[1 + i / rows.size()]);
            }
            batches.add(
                    new Minibatch(x, rows.stream().mapToInt(row -> (int) row[0]).toArray()));
        }
        return batches;
    }

    /** By mean and deviation, or into [0, 1], with the statistics of the charts of the training. */
    private double scaled(double value) {
        return bidirectional
                ? (value + 5.11493) / (60.1222 + 5.11493)
                : (value - 28.97977814986799) / 10.498713721397666;
    }

    private Map<String, double[]> blocks(Array flat) {
        Map<String, double[]> blocks = new LinkedHashMap<>();
        int start = 0;
        for (Block block : blocks()) {
            blocks.put(block.name(), Arrays.copyOfRange(flat.values(), start, start += block.size()));
        }
        if (start != flat.values().length) {
            throw new IllegalStateException(name + ": " + flat.values().length + " values for " + start);
        }
        return blocks;
    }

    /** A recorded matrix: [rows, columns], by rows or by columns. */
    private record Array(int rows, int columns, boolean byRows, double[] values) {
        double[] rowMajor() {
            return byRows ? values : transposed(values, columns, rows);
        }

        double[] columnMajor() {
            return byRows ? transposed(values, rows, columns) : values;
        }

        private static double[] transposed(double[] values, int rows, int columns) {
            double[] turned = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                turned[i % columns * rows + i / columns] = values[i];
            }
            return turned;
        }
    }

    /** Reads what {@code Nd4j.write} wrote: two buffers, the first of rank, shape, strides and the order at its end. */
    private Array read(String file) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(folder().resolve(file)))) {
            in.readUTF();
            long[] shape = new long[(int) in.readLong()];
            in.readUTF();
            for (int i = 0; i < shape.length; i++) {
                shape[i] = in.readLong();
            }
            in.readUTF();
            double[] values = new double[(int) in.readLong()];
            in.readUTF();
            for (int i = 0; i < values.length; i++) {
                values[i] = in.readFloat();
            }
            return new Array((int) shape[1], (int) shape[2], shape[shape.length - 1] == 'c', values);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    private static List<double[]> lines(String file) {
        return text(charts().resolve(file)).lines().map(Dl4jCase::numbers).toList();
    }

    private static double[] numbers(String line) {
        return Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folder() {
        return TorchCase.folder().resolveSibling("vectors-dl4j-rnn").resolve(name);
    }

    private static Path charts() {
        return TorchCase.folder().resolveSibling("uci-control-charts");
    }

    @Override
    public String toString() {
        return name;
    }
}
