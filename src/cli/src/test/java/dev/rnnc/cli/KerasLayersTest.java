package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Layers of Keras that are found by their names or places, where shapes do not tell them apart. */
class KerasLayersTest extends CommandLineTest {
    private static final int SIZE = 4;

    private final Map<String, Object> datasets = new LinkedHashMap<>();

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    private static final String TWO = """
            model Two {
              input  x : real[4] sequence
              layer  %s = lstm(x, 4)
              layer  %s = lstm(x, 4)
              output y = concat(%1$s, %2$s)
            }
            """;

    @Test
    void namesWithSlashesAreReadWithUnderscores() throws IOException {
        lstm("model_weights/block/one/block/one/lstm_cell");
        lstm("model_weights/block/two/block/two/lstm_cell");
        Path weights = file(List.of(lstmLayer("block/one"), lstmLayer("block/two")));

        assertThat(imported(TWO.formatted("block_two", "block_one"), weights))
                .contains(
                        "block_two.weight_hh = model_weights/block/two/block/two/lstm_cell/recurrent_kernel | transpose")
                .contains(
                        "block_one.weight_hh = model_weights/block/one/block/one/lstm_cell/recurrent_kernel | transpose");
    }

    @Test
    void layersOfAModelWithinAreFoundByTheirNamesOrTheirPaths() throws IOException {
        lstm("model_weights/encoder/one/lstm_cell");
        lstm("model_weights/encoder/two/lstm_cell");
        Path weights = file(List.of("{'class_name': 'Sequential', 'config': {'name': 'encoder', 'layers': [%s, %s]}}"
                .formatted(lstmLayer("one"), lstmLayer("two"))));

        assertThat(imported(TWO.formatted("two", "encoder_one"), weights))
                .contains("two.weight_hh = model_weights/encoder/two/lstm_cell/recurrent_kernel | transpose")
                .contains("encoder_one.weight_hh = model_weights/encoder/one/lstm_cell/recurrent_kernel | transpose");
    }

    /** Keras 3 counts the layers of a class: the number is no name. */
    @Test
    void theNumberOfAGroupIsNotTakenForAName() throws IOException {
        numberedLstm("layers/lstm/cell");
        numberedLstm("layers/lstm_1/cell");
        Path weights = file(List.of(lstmLayer("lstm_1"), lstmLayer("lstm_2")));

        assertThat(imported(TWO.formatted("lstm_1", "lstm_2"), weights))
                .contains("lstm_1.weight_hh = layers/lstm/cell/vars/1 | transpose")
                .contains("lstm_2.weight_hh = layers/lstm_1/cell/vars/1 | transpose");

        Path bare = folder.resolve("bare.weights.h5");
        write(bare, Map.of());
        rnnc("import", file("two.rnn", TWO.formatted("a", "b")), "--weights", bare, "--out", folder.resolve("out"))
                .fails(ExitCode.FAILED, "more than one layer of that shape");
    }

    @Test
    void theCellsOfOneLayerStandOneOnTheOther() throws IOException {
        lstm("model_weights/rnn/rnn/cells/lstm_cell_9");
        lstm("model_weights/rnn/rnn/cells/lstm_cell_10");
        String cell = "{'class_name': 'LSTMCell', 'config': {'name': '%s', 'units': 4, 'activation': 'tanh',"
                + " 'recurrent_activation': '%s'}}";
        String layer = "{'class_name': 'RNN', 'config': {'name': 'rnn', 'return_sequences': true, 'cell':"
                + " {'class_name': 'StackedRNNCells', 'config': {'name': 'cells', 'cells': [%s, %s]}}}}";
        String text = """
                model Stack {
                  input  x : real[4] sequence
                  layer  a = lstm(x, 4)
                  output b = lstm(a, 4)
                }
                """;
        Path weights = file(List.of(
                layer.formatted(cell.formatted("lstm_cell_9", "sigmoid"), cell.formatted("lstm_cell_10", "sigmoid"))));

        assertThat(imported(text, weights))
                .contains("a.bias_ih = model_weights/rnn/rnn/cells/lstm_cell_9/bias")
                .contains("b.bias_ih = model_weights/rnn/rnn/cells/lstm_cell_10/bias");
        Path other = file(List.of(
                layer.formatted(cell.formatted("lstm_cell_9", "sigmoid"), cell.formatted("lstm_cell_10", "tanh"))));
        rnnc("import", file("stack.rnn", text), "--weights", other, "--out", folder.resolve("out"))
                .fails(ExitCode.FAILED, "'rnn/lstm_cell_10' (LSTM) has recurrent_activation = tanh", "'b'", "sigmoid");
    }

    @Test
    void theHalvesOfABidirectionalLayerAreMergedAsTheFileSays() throws IOException {
        lstm("model_weights/bi/bi/forward_lstm/lstm_cell");
        lstm("model_weights/bi/bi/backward_lstm/lstm_cell");
        String text = """
                model Both {
                  input  x : real[4] sequence
                  layer  bi = bidirectional(lstm(x, 4))
                  output y  = %s
                }
                """;
        String sum = text.formatted("bi.forward + bi.backward");
        String mean = text.formatted("(bi.forward + bi.backward) / 2");
        String joined = text.formatted("bi");

        imported(sum, bidirectional("sum", true));
        imported(mean, bidirectional("ave", true));
        imported(joined, bidirectional("concat", true));
        refused(sum, bidirectional("concat", true), "merge_mode = concat", "by sum");
        refused(mean, bidirectional("sum", true), "merge_mode = sum", "by ave");
        refused(joined, bidirectional("mul", true), "merge_mode = mul", "by concat");

        imported(text.formatted("final(bi)"), bidirectional("concat", false));
        refused(
                text.formatted("last(bi)"),
                bidirectional("concat", false),
                "return_sequences = false",
                "'bi.backward'",
                "take final(bi)");
    }

    @Test
    void aNormalisationHasTheEpsilonOfTheFile() throws IOException {
        datasets.put("model_weights/norm/norm/gamma", new float[SIZE]);
        datasets.put("model_weights/norm/norm/beta", new float[SIZE]);
        String layer = "{'class_name': 'LayerNormalization', 'config': {'name': 'norm', 'axis': [-1], 'epsilon': %s}}";
        String text = """
                cell normed(x[X]) -> y[X] {
                  param weight[X] ~ constant(1)
                  param bias[X]   ~ constant(0)
                  y = weight * layernorm(x, epsilon: 0.001) + bias
                }
                model Norm {
                  input  x : real[4] sequence
                  output y = normed(tanh(x))
                }
                """;

        imported(text, file(List.of(layer.formatted("0.001"))));
        refused(text, file(List.of(layer.formatted("1e-05"))), "epsilon = 1.0e-5", "computes with 0.001");
        refused(text.replace("+ bias", "- bias"), file(List.of(layer.formatted("0.001"))), "computes other values");
    }

    @Test
    void aBatchNormalisationHasItsMovingValues() throws IOException {
        for (String name : List.of("gamma", "beta", "moving_mean", "moving_variance")) {
            datasets.put("model_weights/batch/batch/" + name, new float[SIZE]);
        }
        String layer = "{'class_name': 'BatchNormalization', 'config': {'name': 'batch', 'axis': -1, 'epsilon': %s}}";
        String text = """
                cell batch_norm(x[X]) -> y[X] {
                  param gamma[X], moving_variance[X] ~ constant(1)
                  param beta[X], moving_mean[X]      ~ constant(0)
                  y = gamma * (x - moving_mean) / sqrt(moving_variance + 0.001) + beta
                }
                model Norm {
                  input  x : real[4] sequence
                  output batch = batch_norm(x)
                }
                """;

        imported(text, file(List.of(layer.formatted("0.001"))));
        refused(text, file(List.of(layer.formatted("0.01"))), "epsilon = 0.01");
    }

    /** Results of a layer that runs backward lie in the other order in Keras. */
    @Test
    void theDirectionIsThatOfTheFile() throws IOException {
        lstm("model_weights/h/h/lstm_cell");
        String text = """
                model Back {
                  input  x : real[4] sequence
                  layer  h = %s
                  output y = final(h)
                }
                """;
        String back = lstmLayer("h").replace("'units'", "'go_backwards': true, 'units'");
        String last = back.replace("'return_sequences': true", "'return_sequences': false");

        imported(text.formatted("backward(lstm(x, 4))"), file(List.of(last)));
        refused(text.formatted("lstm(x, 4)"), file(List.of(last)), "go_backwards = true", "runs forward");
        refused(text.formatted("backward(lstm(x, 4))"), file(List.of(back)), "go_backwards = true", "return_sequences");
        refused(text.formatted("backward(lstm(x, 4))"), file(List.of(lstmLayer("h"))), "go_backwards = false");
    }

    private Path bidirectional(String merge, boolean sequences) {
        String inner = lstmLayer("lstm").replace("'return_sequences': true", "'return_sequences': " + sequences);
        return file(List.of("{'class_name': 'Bidirectional', 'config': {'name': 'bi', 'merge_mode': '%s', 'layer': %s}}"
                .formatted(merge, inner)));
    }

    private static String lstmLayer(String name) {
        return "{'class_name': 'LSTM', 'config': {'name': '%s', 'return_sequences': true, 'units': 4,".formatted(name)
                + " 'activation': 'tanh', 'recurrent_activation': 'sigmoid'}}";
    }

    private void lstm(String group) {
        datasets.put(group + "/kernel", new float[SIZE][4 * SIZE]);
        datasets.put(group + "/recurrent_kernel", new float[SIZE][4 * SIZE]);
        datasets.put(group + "/bias", new float[4 * SIZE]);
    }

    private void numberedLstm(String group) {
        datasets.put(group + "/vars/0", new float[SIZE][4 * SIZE]);
        datasets.put(group + "/vars/1", new float[SIZE][4 * SIZE]);
        datasets.put(group + "/vars/2", new float[4 * SIZE]);
    }

    private String imported(String text, Path weights) throws IOException {
        Outcome outcome = rnnc("import", file("model.rnn", text), "--weights", weights, "--out", folder.resolve("out"))
                .succeeds();
        assertThat(outcome.err()).doesNotContain("warning");
        return outcome.out();
    }

    private void refused(String text, Path weights, String... words) throws IOException {
        rnnc("import", file("model.rnn", text), "--weights", weights, "--out", folder.resolve("out"))
                .fails(ExitCode.FAILED, words);
    }

    private Path file(List<String> layers) {
        String config = "{'class_name': 'Sequential', 'config': {'name': 'whole', 'layers': [%s]}}"
                .formatted(String.join(", ", layers))
                .replace('\'', '"');
        Path path = folder.resolve("whole.h5");
        write(path, Map.of("model_config", config, "keras_version", "3.15.1"));
        return path;
    }

    private void write(Path path, Map<String, String> attributes) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            attributes.forEach(file::putAttribute);
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
    }
}
