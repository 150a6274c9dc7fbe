package dev.rnnc.cli.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.weights.DType;
import dev.rnnc.runtime.weights.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parameters {@code l.weight [1, 2]} and {@code l.bias [1]} made from other tensors. */
class WeightImportTest {
    private static final int LINE = Precision.FLOAT.elementsPerLine();
    private static final ModelSpec MODEL = new ModelSpec(
            "Linear",
            "00",
            CompiledModel.ABI,
            Precision.FLOAT,
            List.of(
                    new ParameterSpec("l.weight", List.of(1, 2), 0, new Initializer.Uniform(0.5), "fc.weight"),
                    new ParameterSpec("l.bias", List.of(1), LINE, new Initializer.Constant(0.25), null)),
            2L * LINE,
            List.of(),
            null);
    private static final Path FILE = Path.of("w.h5");

    @Test
    void stepsAreTakenInTheirOrder() throws WeightMapException {
        // Rows (1, 2), (3, 4), (5, 6), (7, 8); of the gates abcd the order badc; of these rows 1 and 2; of them the
        // second.
        Tensor kernel = Tensor.ofDoubles(List.of(4, 2), new double[] {1, 2, 3, 4, 5, 6, 7, 8});

        assertThat(load(
                        "l.weight = k | gates abcd badc | rows 1:3 | row 1 | flatten\nl.bias = zeros",
                        Map.of("k", kernel)))
                .isEqualTo("shape");
        assertThat(load("l.weight = k | gates abcd badc | rows 2:3\nl.bias = zeros", Map.of("k", kernel)))
                .isEqualTo("[7.0, 8.0] [0.0]");
        Tensor column = Tensor.ofDoubles(List.of(2, 1), new double[] {1, 2});
        assertThat(load("l.weight = k | transpose\nl.bias = b + b", Map.of("k", column, "b", one(3))))
                .isEqualTo("[1.0, 2.0] [6.0]");
    }

    @Test
    void transposingSwapsRowsAndColumns() {
        LayoutStep transpose = new LayoutStep.Transpose();

        assertThat(transpose.shape(List.of(2, 3))).containsExactly(3, 2);
        assertThat(transpose.apply(List.of(2, 3), new double[] {1, 2, 3, 4, 5, 6}))
                .containsExactly(1, 4, 2, 5, 3, 6);
    }

    @Test
    void halfPrecisionIsConverted() throws WeightMapException {
        short half = Float.floatToFloat16(1.5f);
        byte[] halves = {(byte) half, (byte) (half >> 8), (byte) half, (byte) (half >> 8)};
        int bits = Float.floatToIntBits(-2.5f);
        byte[] upper = {(byte) (bits >> 16), (byte) (bits >> 24)};
        Tensor weight = new Tensor(DType.F16, List.of(1, 2), MemorySegment.ofArray(halves));
        Tensor bias = new Tensor(DType.BF16, List.of(1), MemorySegment.ofArray(upper));

        assertThat(load("", Map.of("l.weight", weight, "l.bias", bias))).isEqualTo("[1.5, 1.5] [-2.5]");
    }

    @Test
    void everyMismatchIsNamedAtOnce() {
        Map<String, Tensor> tensors = Map.of(
                "w",
                Tensor.ofInts(List.of(1, 2), new int[2]),
                "extra",
                one(1),
                "b2",
                Tensor.ofFloats(List.of(2), new float[2]));

        assertThatThrownBy(() -> WeightImport.load(FILE, MODEL, tensors, map("l.weight = w\nl.bias = b2")))
                .hasMessageContaining("w.h5 does not hold the weights of model")
                .hasMessageContaining("w: the model has floating-point numbers, the file I32")
                .hasMessageContaining("l.bias = b2: the model has [1], the file [2]")
                .hasMessageContaining("only the file has:\n    extra F32[1]");
        assertThatThrownBy(() -> WeightImport.load(FILE, MODEL, Map.of("k", one(1)), map("l.weight = k | transpose")))
                .hasMessageContaining("l.weight = k | transpose: 'transpose' takes a matrix, not [1]")
                .hasMessageContaining("the model has:\n    l.bias [1]");
    }

    @Test
    void whatIsIgnoredMayBeLeftOver() throws WeightMapException {
        Tensor weight = Tensor.ofFloats(List.of(1, 2), new float[] {3, 4});

        assertThat(load("ignore conv*", Map.of("l.weight", weight, "l.bias", one(5), "conv1", one(9))))
                .isEqualTo("[3.0, 4.0] [5.0]");
    }

    @Test
    void firstValuesStayInTrainingOnly() throws WeightMapException {
        WeightMap map = map("l.bias = initial");
        Map<String, Tensor> tensors = Map.of("l.weight", Tensor.ofFloats(List.of(1, 2), new float[] {3, 4}));
        Parameters parameters = new Parameters(MODEL);
        parameters.set("l.bias", new double[] {7});

        WeightImport.replace(FILE, parameters, tensors, map);

        assertThat(parameters.values("l.weight")).containsExactly(3, 4);
        assertThat(parameters.values("l.bias")).containsExactly(7);
        assertThatThrownBy(() -> WeightImport.load(FILE, MODEL, tensors, map))
                .hasMessageContaining("'initial' is for training");
    }

    private static WeightMap map(String text) throws WeightMapException {
        return WeightMapReader.read(text);
    }

    private static Tensor one(float value) {
        return Tensor.ofFloats(List.of(1), new float[] {value});
    }

    /** Both parameters as text, or "shape" where the shapes differ. */
    private static String load(String map, Map<String, Tensor> tensors) throws WeightMapException {
        WeightMap read = map(map);
        try {
            Parameters parameters = WeightImport.load(FILE, MODEL, tensors, read);
            return java.util.Arrays.toString(parameters.values("l.weight")) + " "
                    + java.util.Arrays.toString(parameters.values("l.bias"));
        } catch (dev.rnnc.runtime.weights.WeightMismatchException e) {
            return "shape";
        }
    }
}
