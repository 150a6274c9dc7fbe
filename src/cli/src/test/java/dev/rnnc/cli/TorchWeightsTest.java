package dev.rnnc.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.generic.TorchCase;
import dev.rnnc.generic.TorchModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Weights under the names that PyTorch gives them, both ways. */
class TorchWeightsTest extends CommandLineTest {
    @Override
    Backend backend() {
        return new CompilerBackend();
    }

    /** Cells of each kind, of one or more layers, in one or both directions, with and without biases or projection. */
    @TestFactory
    Stream<DynamicTest> recordedStacksAreReadAndWrittenUnderPyTorchsNames() {
        return each("(001|007|010|011|029|046|047|061|065|07[1-6])-.*", TorchModel::recurrent, "l0");
    }

    @TestFactory
    Stream<DynamicTest> recordedCharacterModelsAreReadAndWrittenUnderPyTorchsNames() {
        return each("m0[147]-.*", c -> TorchModel.characters(c, "epochs 1"), "rnn");
    }

    @TestFactory
    Stream<DynamicTest> recordedBidirectionalClassifiersAreReadAndWrittenUnderPyTorchsNames() {
        return each("m0[258]-.*", c -> TorchModel.manyToOne(c, "epochs 1"), "rnn");
    }

    @TestFactory
    Stream<DynamicTest> recordedEncodersAndDecodersAreReadAndWrittenUnderPyTorchsNames() {
        return each("m10-.*", c -> TorchModel.encoderDecoder(c, "epochs 1"), "");
    }

    private interface Model {
        TorchModel of(TorchCase recorded);
    }

    private Stream<DynamicTest> each(String names, Model model, String module) {
        List<TorchCase> cases = TorchCase.matching(names);
        return cases.isEmpty()
                ? Stream.of(DynamicTest.dynamicTest(
                        "recorded values",
                        () -> assumeTrue(false, "needs the folder torch-cases in RNNC_DATA: " + TorchCase.folder())))
                : cases.stream().map(c -> DynamicTest.dynamicTest(c.name(), () -> thereAndBack(model.of(c), module)));
    }

    /** @param module what PyTorch's recurrent module was called; our own is named after its first layer */
    private void thereAndBack(TorchModel model, String module) throws IOException {
        String name = model.recorded().name();
        Path file = file(name + ".rnn", model.text());
        Path recorded = TorchCase.folder().resolve(name + ".safetensors");
        Path own = folder.resolve(name + "-own.safetensors");
        Path exported = folder.resolve(name + "-torch.safetensors");
        Map<String, Tensor> theirs = model.recorded().file().tensors();

        rnnc("import", file, "--weights", recorded, "--map", "torch:param", "--out", own)
                .succeeds();
        Map<String, Tensor> read = SafeTensors.read(own).tensors();
        assertThat(read).hasSameSizeAs(model.parameters());
        model.parameters()
                .forEach((ours, torch) -> assertThat(read.get(ours).doubles())
                        .as(ours)
                        .containsExactly(theirs.get("param." + torch).doubles()));

        rnnc("export", file, "--weights", own, "--out", exported).succeeds();
        Map<String, Tensor> written = SafeTensors.read(exported).tensors();
        Map<String, Tensor> expected = new HashMap<>();
        model.parameters()
                .forEach((_, torch) -> expected.put(exportedName(torch, module), theirs.get("param." + torch)));
        assertThat(new TreeSet<>(written.keySet())).isEqualTo(new TreeSet<>(expected.keySet()));
        expected.forEach((key, tensor) -> {
            assertThat(written.get(key).shape()).as(key).isEqualTo(tensor.shape());
            assertThat(written.get(key).doubles()).as(key).containsExactly(tensor.doubles());
        });
    }

    private static String exportedName(String torch, String module) {
        if (module.equals("rnn")) {
            return torch.replaceFirst("^rnn\\.", "l0.");
        }
        return module.isEmpty() ? torch : module + "." + torch;
    }

    /** The trained cell of a voice activity detector, in a file that holds convolutions too, against the equations. */
    @Test
    void aTrainedCellInALargerModelGivesWhatItsEquationsGive() throws IOException {
        Path weights = TorchCase.folder().resolveSibling("trained-silero-vad").resolve("silero_vad_16k.safetensors");
        assumeTrue(weights.toFile().exists(), "needs trained-silero-vad in RNNC_DATA: " + weights);
        Path model = file("vad.rnn", """
                model Vad {
                  input  x : real[128] sequence
                  output h = lstm(x, 128)
                  output c = h.c
                }
                """);
        int steps = 12;
        float[] x = new float[steps * 128];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.sin(0.37 * i * i);
        }
        Path data = folder.resolve("x.safetensors");
        SafeTensors.write(data, Map.of("x", Tensor.ofFloats(List.of(steps, 1, 128), x)), Map.of());
        Path out = folder.resolve("out.safetensors");

        rnnc("run", model, "--weights", weights, "--map", "torch:lstm_cell", "--data", data, "--out", out)
                .succeeds();

        Map<String, Tensor> cell = SafeTensors.read(weights).tensors();
        LstmReference reference = new LstmReference(
                cell.get("lstm_cell.weight_ih").doubles(),
                cell.get("lstm_cell.weight_hh").doubles(),
                cell.get("lstm_cell.bias_ih").doubles(),
                cell.get("lstm_cell.bias_hh").doubles());
        Map<String, Tensor> results = SafeTensors.read(out).tensors();
        double[] h = results.get("h").doubles();
        double[] c = results.get("c").doubles();
        for (int t = 0; t < steps; t++) {
            reference.step(x, t * 128);
            for (int i = 0; i < 128; i++) {
                assertThat(h[t * 128 + i]).isCloseTo(reference.h()[i], within(2e-6));
                assertThat(c[t * 128 + i]).isCloseTo(reference.c()[i], within(2e-5));
            }
        }
        assertThat(Arrays.stream(h).map(Math::abs).max().getAsDouble()).isGreaterThan(0.1);
    }

    @Test
    void layersThatCannotBeToldApartAreAskedFor() throws IOException {
        Path model = file("two.rnn", """
                model Two {
                  input  x : real[3] sequence
                  layer  a = gru(x, 4)
                  layer  b = gru(x, 4)
                  output y = dense(concat(a, b), 2)
                }
                """);
        Map<String, Tensor> tensors = new HashMap<>();
        for (String module : List.of("left", "right")) {
            tensors.put(module + ".weight_ih_l0", Tensor.ofFloats(List.of(12, 3), new float[36]));
            tensors.put(module + ".weight_hh_l0", Tensor.ofFloats(List.of(12, 4), new float[48]));
            tensors.put(module + ".bias_ih_l0", Tensor.ofFloats(List.of(12), new float[12]));
            tensors.put(module + ".bias_hh_l0", Tensor.ofFloats(List.of(12), new float[12]));
        }
        tensors.put("head.weight", Tensor.ofFloats(List.of(3, 8), new float[24]));
        tensors.put("head.bias", Tensor.ofFloats(List.of(3), new float[3]));
        Path weights = folder.resolve("two.safetensors");
        SafeTensors.write(weights, tensors, Map.of());
        Path out = folder.resolve("out.safetensors");

        rnnc("import", model, "--weights", weights, "--map", "torch", "--out", out)
                .fails(
                        ExitCode.FAILED,
                        "a.weight_ih [12, 3] (more than one layer of that shape",
                        "left.weight_ih_l0 or right.weight_ih_l0",
                        "y.weight = head.weight: the model has [2, 8], the file [3, 8]");
        rnnc("import", model, "--weights", weights, "--map", "torch:nobody", "--out", out)
                .fails(ExitCode.FAILED, "no tensor's name begins with 'nobody'");
        rnnc("import", model, "--weights", weights, "--out", out).fails(ExitCode.FAILED, "with --map torch, keras");
        rnnc("import", model, "--weights", file("w.pt", "PK\3\4"), "--map", "torch", "--out", out)
                .fails(ExitCode.FAILED, "w.pt' is a zip archive", "save_file(model.state_dict(), F)");
        rnnc("import", model, "--weights", weights, "--map", "pytorch", "--out", out)
                .fails(ExitCode.FAILED, "--map 'pytorch'", "no such file", "torch:PREFIX");
        rnnc("import", model, "--weights", weights, "--map", file("m", "a.weigth = x"), "--out", out)
                .fails(ExitCode.FAILED, "names parameter 'a.weigth'", "it has a.weight_ih");
        rnnc("export", model, "--weights", weights, "--map", "keras", "--out", out)
                .fails(ExitCode.USAGE, "exported as torch");
        rnnc("export", model, "--weights", weights, "--out", weights).fails(ExitCode.USAGE, "overwrite an input");
    }

    @Test
    void layersOfOtherSizesOrCellsAreModulesOfTheirOwnAndOthersKeepTheirNames() throws IOException {
        Path model = file("mixed.rnn", """
                cell scaled(x[X]) -> y[X] {
                  param gain[X] from "norm.g" ~ constant(1)
                  y = gain * x
                }

                model Mixed {
                  input  x : real[3] sequence
                  layer  a = lstm(x, 4)
                  layer  b = lstm(dropout(a, 0.2), 4)
                  layer  c = lstm(b, 5)
                  layer  d = bidirectional(gru(scaled(c), 5))
                  layer  e = backward(gru(d, 2))
                  output y = dense(lstm_peephole(e, 3), 2)
                  loss mse(y, y)
                  train { steps 4  batch 2  epochs 1 }
                }
                """);
        Path own = folder.resolve("own.safetensors");
        saveFirstWeights(model, own);
        Path exported = folder.resolve("exported.safetensors");

        rnnc("export", model, "--weights", own, "--map", "torch:net", "--out", exported)
                .succeeds();

        Map<String, Tensor> written = SafeTensors.read(exported).tensors();
        assertThat(written.keySet())
                .contains(
                        "net.a.weight_ih_l0",
                        "net.a.weight_ih_l1",
                        "net.c.weight_ih_l0",
                        "net.d.weight_hh_l0_reverse",
                        "net.e.bias_hh_l0",
                        "net.y.weight",
                        "net.y.lstm_peephole.peephole_i",
                        "norm.g")
                .doesNotContain("net.b.weight_ih_l0", "net.a.weight_ih_l2", "net.e.bias_hh_l0_reverse");
        Path back = folder.resolve("back.safetensors");
        rnnc("import", model, "--weights", exported, "--map", "torch:net", "--out", back)
                .succeeds();
        assertThat(SafeTensors.read(back).tensors())
                .isEqualTo(SafeTensors.read(own).tensors());
    }

    /** What reads the layer in the middle of a module gets nothing from PyTorch: the module ends there. */
    @Test
    void aLayerThatIsReadElsewhereEndsItsModule() throws IOException {
        Path model = file("middle.rnn", """
                model Middle {
                  input  x : real[4] sequence
                  layer  a = lstm(x, 4)
                  layer  b = lstm(dropout(a, 0.1), 4)
                  layer  c = lstm(b, 4)
                  layer  d = lstm(c, 4)
                  output y = dense(concat(b, d), 2)
                  output s = dense(concat(final(c), last(a)), 2)
                }
                """);

        assertThat(exportedNames(model))
                .contains("a.weight_hh_l0", "a.weight_hh_l1", "c.weight_hh_l0", "c.weight_hh_l1")
                .doesNotContain("a.weight_hh_l2", "b.weight_hh_l0");

        // Two modules of two layers each fit both stacks, unless their names say which is which.
        Path out = folder.resolve("out.safetensors");
        rnnc("import", model, "--weights", stacks("lower", 2, "upper", 2), "--map", "torch", "--out", out)
                .fails(ExitCode.FAILED, "more than one layer of that shape");
        assertThat(imported(model, stacks("lower", 2, "c", 2))).contains("b.weight_hh = lower.weight_hh_l1");
        // Whoever looks into a module has its layers all the same.
        assertThat(imported(model, stacks("rnn", 4))).contains("c.weight_hh = rnn.weight_hh_l2");
    }

    @Test
    void twoLayersOnOneAreNoStack() throws IOException {
        Path model = file("fork.rnn", """
                model Fork {
                  input  x : real[4] sequence
                  layer  a = lstm(x, 4)
                  layer  b = lstm(a, 4)
                  layer  c = lstm(a, 4)
                  output y = dense(concat(b, c), 2)
                  output s = dense(concat(final(b), final(c)), 2)
                }
                """);

        assertThat(exportedNames(model))
                .contains("a.weight_hh_l0", "b.weight_hh_l0", "c.weight_hh_l0")
                .doesNotContain("a.weight_hh_l1");
        rnnc(
                        "import",
                        model,
                        "--weights",
                        stacks("two", 2, "top", 1),
                        "--map",
                        "torch",
                        "--out",
                        folder.resolve("out.safetensors"))
                .fails(ExitCode.FAILED, "more than one layer of that shape");
    }

    @Test
    void aLayerBesideAStackOfItsSizeIsToldByTheNumberOfLayers() throws IOException {
        Path model = file("beside.rnn", """
                model Beside {
                  input  x : real[4] sequence
                  layer  a = lstm(x, 4)
                  layer  p = lstm(x, 4)
                  layer  b = lstm(a, 4)
                  layer  c = lstm(b, 4)
                  output y = dense(concat(p, c), 2)
                  output s = dense(concat(final(p), final(c)), 2)
                }
                """);

        assertThat(exportedNames(model)).contains("p.weight_hh_l0", "a.weight_hh_l2");
        assertThat(imported(model, stacks("one", 1, "three", 3)))
                .contains("p.weight_hh = one.weight_hh_l0", "c.weight_hh = three.weight_hh_l2");
        // The single layer bears the name of one of the stack.
        assertThat(imported(model, stacks("b", 1, "a", 3)))
                .contains("p.weight_hh = b.weight_hh_l0", "b.weight_hh = a.weight_hh_l1");
        assertThat(imported(model, stacks("b", 1, "rnn", 3)))
                .contains("p.weight_hh = b.weight_hh_l0", "b.weight_hh = rnn.weight_hh_l1");
    }

    /** Layers of one cell and size, each on an earlier one, read by others or not: all names lead back. */
    @Test
    void whatIsExportedIsImportedWhateverStandsOnWhat() throws IOException {
        CounterRandom random = new CounterRandom(20, 1);
        for (int round = 0; round < 40; round++) {
            StringBuilder text = new StringBuilder("model Random" + round + " {\n  input x : real[4] sequence\n");
            List<String> layers = new ArrayList<>(List.of("x"));
            for (int i = 0; i < 6; i++) {
                String below = layers.get((int) (random.nextUniform() * layers.size()));
                String cell = random.nextUniform() < 0.8 ? "lstm" : "gru";
                text.append("  layer l%d = %s(%s, 4)\n".formatted(i, cell, below));
                layers.add("l" + i);
            }
            String read = layers.get(1 + (int) (random.nextUniform() * 6));
            text.append("  output y = dense(concat(l5, %s), 2)\n  output s = dense(final(l4), 2)\n}\n".formatted(read));
            Path model = file("random" + round + ".rnn", text.toString());
            Path own = folder.resolve("own.safetensors");
            saveFirstWeights(model, own);
            Path exported = folder.resolve("exported.safetensors");
            Path back = folder.resolve("back.safetensors");
            rnnc("export", model, "--weights", own, "--out", exported).succeeds();
            rnnc("import", model, "--weights", exported, "--map", "torch", "--out", back)
                    .succeeds();
            assertThat(SafeTensors.read(back).tensors())
                    .as(text.toString())
                    .isEqualTo(SafeTensors.read(own).tensors());
        }
    }

    private List<String> exportedNames(Path model) throws IOException {
        Path own = folder.resolve("own.safetensors");
        saveFirstWeights(model, own);
        Path exported = folder.resolve("exported.safetensors");
        rnnc("export", model, "--weights", own, "--out", exported).succeeds();
        return List.copyOf(SafeTensors.read(exported).tensors().keySet());
    }

    private String imported(Path model, Path weights) {
        return rnnc("import", model, "--weights", weights, "--map", "torch", "--out", folder.resolve("out.safetensors"))
                .succeeds()
                .out();
    }

    /** LSTMs of four inputs and units, each a module's name and its number of layers, and two linear layers. */
    private Path stacks(Object... modules) throws IOException {
        Map<String, Tensor> tensors = new HashMap<>();
        for (int i = 0; i < modules.length; i += 2) {
            for (int layer = 0; layer < (int) modules[i + 1]; layer++) {
                for (String weight : List.of("weight_ih", "weight_hh")) {
                    tensors.put(
                            modules[i] + "." + weight + "_l" + layer, Tensor.ofFloats(List.of(16, 4), new float[64]));
                }
                for (String bias : List.of("bias_ih", "bias_hh")) {
                    tensors.put(modules[i] + "." + bias + "_l" + layer, Tensor.ofFloats(List.of(16), new float[16]));
                }
            }
        }
        for (String linear : List.of("y", "s")) {
            tensors.put(linear + ".weight", Tensor.ofFloats(List.of(2, 8), new float[16]));
            tensors.put(linear + ".bias", Tensor.ofFloats(List.of(2), new float[2]));
        }
        Path file = folder.resolve("stacks.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    private void saveFirstWeights(Path model, Path file) throws IOException {
        var spec = backend().check(model).model().orElseThrow().spec();
        var parameters = new Parameters(spec);
        Initialization.fill(parameters, 5);
        WeightFile.save(parameters, file, Map.of());
    }
}
