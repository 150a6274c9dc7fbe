package dev.rnnc.runtime.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.LinearModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightFileTest {
    private static final ModelSpec MODEL = new LinearModel(Precision.FLOAT, 1, 1, null).spec();
    private static final Tensor WEIGHT = Tensor.ofFloats(List.of(1, 2), new float[] {3, 4});
    private static final Tensor BIAS = Tensor.ofFloats(List.of(1), new float[] {5});

    @TempDir
    Path folder;

    private Path path;

    @BeforeEach
    void name() {
        path = folder.resolve("w.safetensors");
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void givesBackParametersBitForBit(Precision precision) throws IOException {
        ModelSpec model = new LinearModel(precision, 1, 1, null).spec();
        Parameters parameters = new Parameters(model);
        Initialization.fill(parameters, 3);
        WeightFile.save(parameters, path, Map.of("epoch", "3"));
        assertThat(WeightFile.load(path, model).data().mismatch(parameters.data()))
                .isEqualTo(-1);
        assertThat(SafeTensors.read(path).metadata()).containsEntry("epoch", "3");
    }

    @Test
    void acceptsAParametersAlias() throws IOException {
        SafeTensors.write(path, Map.of("fc.weight", WEIGHT, "l.bias", BIAS), Map.of());
        assertThat(WeightFile.load(path, MODEL).values("l.weight")).containsExactly(3, 4);
    }

    @Test
    void prefersAParametersOwnNameToItsAlias() throws IOException {
        SafeTensors.write(path, Map.of("l.weight", WEIGHT, "fc.weight", WEIGHT, "l.bias", BIAS), Map.of());
        assertThatThrownBy(() -> WeightFile.load(path, MODEL))
                .hasMessageContaining("only the file has:\n    fc.weight");
    }

    @Test
    void followsAMapping() throws IOException {
        SafeTensors.write(path, Map.of("a", WEIGHT, "b", BIAS), Map.of());
        Parameters parameters = WeightFile.load(path, MODEL, Map.of("l.weight", "a", "l.bias", "b"));
        assertThat(parameters.values("l.bias")).containsExactly(5);
        assertThatThrownBy(() -> WeightFile.load(path, MODEL, Map.of("l.wait", "a")))
                .hasMessageContaining("has no parameter 'l.wait'");
        assertThatThrownBy(() -> WeightFile.load(path, MODEL, Map.of("l.weight", "a", "l.bias", "c")))
                .hasMessageContaining("l.bias [1] (as c)");
    }

    @Test
    void convertsTheElementType() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("l.weight", Tensor.ofDoubles(List.of(1, 2), new double[] {3, 4}));
        tensors.put("l.bias", BIAS);
        SafeTensors.write(path, tensors, Map.of());
        assertThat(WeightFile.load(path, MODEL).values("l.weight")).containsExactly(3, 4);
    }

    @Test
    void namesEveryDifferenceInOneMessage() throws IOException {
        SafeTensors.write(
                path, Map.of("l.weight", BIAS, "x", Tensor.ofInts(List.of(1), new int[1]), "y", BIAS), Map.of());
        WeightMismatchException mismatch =
                catchThrowableOfType(WeightMismatchException.class, () -> WeightFile.load(path, MODEL));
        assertThat(mismatch).hasMessage("""
            %s does not hold the weights of model Linear
              missing, the model has:
                l.bias [1]
              unexpected, only the file has:
                x I32[1]
                y F32[1]
              different:
                l.weight: the model has [1, 2], the file [1]
            give the weights that were saved for this model, or map their names\
            """.formatted(path));
        assertThat(mismatch.missing()).containsExactly("l.bias [1]");
        assertThat(mismatch.unexpected()).hasSize(2);
        assertThat(mismatch.different()).hasSize(1);
    }

    @Test
    void refusesIntegersAsWeights() throws IOException {
        SafeTensors.write(path, Map.of("l.weight", WEIGHT, "l.bias", Tensor.ofInts(List.of(1), new int[1])), Map.of());
        assertThatThrownBy(() -> WeightFile.load(path, MODEL)).hasMessageContaining("l.bias: the model has floating");
    }
}
