package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings in the configuration of a Keras file that the model does not have. The files are written as Keras does. */
class KerasSettingsTest extends CommandLineTest {
    private static final String MODEL = """
            model Small {
              input  x : real[3] sequence
              layer  rnn = lstm(x, 4)
              output y   = tanh(dense(last(rnn), 2))
            }
            """;

    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    @Test
    void whatAgreesIsReadWithoutAWord() throws IOException {
        assertThat(read(MODEL, lstm(""), dense("'activation': 'tanh'"), "3.15.1")
                        .succeeds()
                        .err())
                .doesNotContain("warning");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', textBlock = """
            'recurrent_activation': 'hard_sigmoid' ; recurrent_activation = hard_sigmoid ; Keras 3: ; computes with sigmoid
            'activation': 'relu'                   ; activation = relu ; (lstm, line 3) ; computes with tanh
            'activation': 'mine'                   ; activation = "mine" ; not known here ; rnn
            'go_backwards': true                   ; go_backwards = true ; 'rnn' (line 3) runs forward ; backward(...)
            'cell_clip': 3.0                       ; cell_clip = 3.0 ; not known here ; 'rnn' (LSTM)
            'units': 5                             ; units = 5 ; which is 4 ; rnn/kernel
            'use_bias': false                      ; use_bias = false ; but the file has ; rnn/bias
            'activation': {'class_name': 'LeakyReLU', 'config': {'alpha': 0.1}} ; leaky_relu (slope 0.1) ; tanh ; rnn
            """)
    void aSettingOfTheCellThatDiffersIsAnError(String setting, String value, String other, String remedy)
            throws IOException {
        read(MODEL, lstm(setting), dense("'activation': 'tanh'"), "3.15.1")
                .fails(ExitCode.FAILED, "small.h5", "layer 'rnn'", value, other, remedy, "mapping file");
    }

    @Test
    void theDefinitionOfHardSigmoidIsThatOfTheVersionThatWroteTheFile() throws IOException {
        String text = """
                activation gate(x) = %s
                cell hard(x[X]) -> h[H] {
                  state h[H], c[H]
                  param weight_ih[4*H, X], weight_hh[4*H, H], bias[4*H] ~ uniform(1/sqrt(H))
                  i, f, g, o = split(weight_ih @ x + weight_hh @ h + bias, 4)
                  c' = gate(f) * c + gate(i) * tanh(g)
                  h' = gate(o) * tanh(c')
                }
                """ + MODEL.replace("lstm(", "hard(");
        String two = text.formatted("min(max(0.2 * x + 0.5, 0), 1)");
        String three = text.formatted("hard_sigmoid(x)");
        String setting = "'recurrent_activation': 'hard_sigmoid'";
        String dense = dense("'activation': 'tanh'");

        read(two, lstm(setting), dense, "2.2.4").succeeds();
        read(three, lstm(setting), dense, "3.15.1").succeeds();
        read(two, lstm(setting), dense, "3.15.1")
                .fails(ExitCode.FAILED, "hard_sigmoid (Keras 3:", "computes with hard_sigmoid (Keras 2:");
        read(three, lstm(setting), dense, "2.2.4")
                .fails(ExitCode.FAILED, "hard_sigmoid (Keras 2:", "computes with hard_sigmoid (Keras 3:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', textBlock = """
            'activation': 'relu'    ; activation = relu ; applies tanh
            'activation': 'linear'  ; activation = linear ; applies tanh
            'activation': 'softmax' ; activation = softmax ; applies tanh
            'gain': 2               ; gain = 2 ; not known
            """)
    void aSettingOfADenseLayerThatDiffersIsAnError(String setting, String value, String other) throws IOException {
        read(MODEL, lstm(""), dense(setting), "3.15.1").fails(ExitCode.FAILED, "layer 'dense' (Dense)", value, other);
    }

    @Test
    void theActivationMayBeLeftToTheLossWithAWarning() throws IOException {
        String text = """
                model Small {
                  input  x : real[3] sequence
                  target t : token(2)
                  layer  rnn = lstm(x, 4)
                  output y   = dense(last(rnn), 2)
                  loss crossentropy(y, t)
                }
                """;
        assertThat(read(text, lstm(""), dense("'activation': 'softmax'"), "3.15.1")
                        .succeeds()
                        .err())
                .contains("warning", "activation = softmax", "leaves to its loss");
        read(text, lstm(""), dense("'activation': 'relu'"), "3.15.1").fails(ExitCode.FAILED, "applies linear");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '^', textBlock = """
            'stateful': true          ; stateful = true
            'dtype': 'mixed_float16'  ; mixed_float16
            'return_sequences': true  ; return_sequences = true
            """)
    void whatMayBeMeantIsAWarning(String setting, String words) throws IOException {
        assertThat(read(MODEL, lstm(setting), dense("'activation': 'tanh'"), "3.15.1")
                        .succeeds()
                        .err())
                .contains("warning", "layer 'rnn'", words);
    }

    @Test
    void anotherStepThanTheLastIsAnError() throws IOException {
        read(MODEL.replace("last(", "mean("), lstm(""), dense("'activation': 'tanh'"), "3.15.1")
                .fails(ExitCode.FAILED, "return_sequences = false", "take final(rnn)");
    }

    @Test
    void aMappingFileTurnsErrorsIntoWarnings() throws IOException {
        Path weights = weights(lstm("'activation': 'relu'"), dense("'activation': 'tanh'"), "3.15.1");
        Path map = file("small.map", """
                rnn.weight_ih = model_weights/rnn/rnn/kernel | transpose
                rnn.weight_hh = model_weights/rnn/rnn/recurrent_kernel | transpose
                rnn.bias_ih   = model_weights/rnn/rnn/bias
                rnn.bias_hh   = zeros
                y.weight      = model_weights/dense/dense/kernel | transpose
                y.bias        = model_weights/dense/dense/bias
                """);

        String err = rnnc(
                        "import",
                        file("small.rnn", MODEL),
                        "--weights",
                        weights,
                        "--map",
                        map,
                        "--out",
                        folder.resolve("out"))
                .succeeds()
                .err();

        assertThat(err).contains("warning", "small.h5", "activation = relu", "computes with tanh");
    }

    /** A layer that is nothing but an activation is that of the Dense before it. */
    @Test
    void anActivationMayBeALayerOfItsOwn() throws IOException {
        String behind = ", {'class_name': 'Activation', 'config': {'name': 'act', 'activation': '%s'}}";

        read(MODEL, lstm(""), dense("") + behind.formatted("tanh"), "3.15.1").succeeds();
        read(MODEL, lstm(""), dense("") + behind.formatted("relu"), "3.15.1")
                .fails(ExitCode.FAILED, "layer 'dense'", "activation = relu", "applies tanh");
        read(MODEL.replace("tanh(", "("), lstm(""), dense("") + behind.formatted("relu"), "3.15.1")
                .fails(ExitCode.FAILED, "activation = relu", "applies linear");
    }

    @Test
    void aClassWhoseValuesAreNotKnownIsAnError() throws IOException {
        String lambda = "{'class_name': 'Lambda', 'config': {'name': 'scaled', 'function': 'f'}}, ";
        read(MODEL, lambda + lstm(""), dense("'activation': 'tanh'"), "3.15.1")
                .fails(ExitCode.FAILED, "'scaled'", "Lambda");
        read(MODEL, lambda.replace("Lambda", "Mine") + lstm(""), dense("'activation': 'tanh'"), "3.15.1")
                .fails(ExitCode.FAILED, "'scaled'", "class Mine");
        read(MODEL, lambda.replace("Lambda", "Dropout") + lstm(""), dense("'activation': 'tanh'"), "3.15.1")
                .succeeds();
    }

    /** The recorded model that was off by 0.118 in silence. */
    @Test
    void theRecordedHardSigmoidIsToldFromTheLibrarysCells() throws IOException {
        Path weights = TorchCase.folder().resolveSibling("keras-models/hard-sigmoid-keras2/model.h5");
        assumeTrue(Files.exists(weights), "needs the folder keras-models in RNNC_DATA: " + weights);
        Path model = file("hard.rnn", """
                model Hard {
                  input  x : real[4] sequence
                  output y = dense(last(gru_reset_before(lstm(x, 7), 6)), 2)
                }
                """);
        rnnc("import", model, "--weights", weights, "--out", folder.resolve("out"))
                .fails(
                        ExitCode.FAILED,
                        "layer 'lstm_1' (LSTM) has recurrent_activation = hard_sigmoid (Keras 2:",
                        "layer 'gru_1' (GRU) has recurrent_activation = hard_sigmoid (Keras 2:",
                        "computes with sigmoid");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    private Outcome read(String text, String layers, String dense, String version) throws IOException {
        Path weights = weights(layers, dense, version);
        return rnnc("import", file("small.rnn", text), "--weights", weights, "--out", folder.resolve("out"));
    }

    /** An LSTM of three inputs and four units with its settings but for one. */
    private static String lstm(String setting) {
        return layer(
                "LSTM",
                "rnn",
                "'units': 4, 'activation': 'tanh', 'recurrent_activation': 'sigmoid', 'use_bias': true,"
                        + " 'return_sequences': false, 'go_backwards': false, 'stateful': false, 'dropout': 0.1",
                setting);
    }

    private static String dense(String setting) {
        return layer("Dense", "dense", "'units': 2, 'activation': 'linear', 'use_bias': true", setting);
    }

    private static String layer(String type, String name, String settings, String setting) {
        String key = setting.replaceFirst(":.*", "");
        String kept = setting.isEmpty() ? settings : settings.replaceFirst(key + ": [^,]*", key + ": STATED");
        String all = kept.contains("STATED")
                ? kept.replace(key + ": STATED", setting)
                : kept + (setting.isEmpty() ? "" : ", " + setting);
        return "{'class_name': '%s', 'config': {'name': '%s', %s}}".formatted(type, name, all);
    }

    private Path weights(String layers, String dense, String version) {
        String config = "{'class_name': 'Sequential', 'config': {'name': 'sequential', 'layers': [%s, %s]}}"
                .formatted(layers, dense)
                .replace('\'', '"');
        Path path = folder.resolve("small.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            file.putAttribute("model_config", config);
            file.putAttribute("keras_version", version);
            WritableGroup weights = file.putGroup("model_weights");
            Map<String, Object> lstm = new LinkedHashMap<>();
            lstm.put("kernel", new float[3][16]);
            lstm.put("recurrent_kernel", new float[4][16]);
            lstm.put("bias", new float[16]);
            WritableGroup rnn = weights.putGroup("rnn").putGroup("rnn");
            lstm.forEach(rnn::putDataset);
            WritableGroup head = weights.putGroup("dense").putGroup("dense");
            head.putDataset("kernel", new float[4][2]);
            head.putDataset("bias", new float[2]);
        }
        return path;
    }
}
