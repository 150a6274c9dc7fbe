package dev.rnnc.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializationTest {
    private static double[] values(Initializer initializer, Integer... shape) {
        ParameterSpec parameter = new ParameterSpec("l.w", List.of(shape), 0, initializer, null);
        ModelSpec model = new ModelSpec(
                "M", "", CompiledModel.ABI, Precision.DOUBLE, List.of(parameter), parameter.size(), List.of(), null);
        Parameters parameters = new Parameters(model);
        Initialization.fill(parameters, 11);
        return parameters.values("l.w");
    }

    @ParameterizedTest
    @CsvSource({"7, 7", "3, 9", "9, 3", "1, 4", "4, 1", "64, 64"})
    void orthogonalMatricesHaveOrthogonalRowsOrColumnsOfTheSameLength(int rows, int columns) {
        double[] values = values(new Initializer.Orthogonal(2), rows, columns);
        boolean byRow = rows <= columns;
        int count = Math.min(rows, columns);
        int size = Math.max(rows, columns);
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < count; b++) {
                double dot = 0;
                for (int i = 0; i < size; i++) {
                    dot += byRow
                            ? values[a * columns + i] * values[b * columns + i]
                            : values[i * columns + a] * values[i * columns + b];
                }
                assertThat(dot).isCloseTo(a == b ? 4 : 0, within(1e-12));
            }
        }
    }

    @Test
    void eachBlockOfRowsStartsItsOwnWay() {
        Initializer forgetOne = new Initializer.Blocks(
                List.of(new Initializer.Constant(0), new Initializer.Constant(1), new Initializer.Uniform(0.25)));
        double[] bias = values(forgetOne, 6);
        assertThat(Arrays.copyOf(bias, 4)).containsExactly(0, 0, 1, 1);
        assertThat(bias[4]).isBetween(-0.25, 0.25).isNotZero();
    }

    @Test
    void blocksOfAMatrixAreOrthogonalEachForItselfAndDiffer() {
        Initializer orthogonal = new Initializer.Orthogonal(1);
        double[] values = values(new Initializer.Blocks(List.of(orthogonal, orthogonal)), 6, 3);
        double[] first = Arrays.copyOf(values, 9);
        double[] second = Arrays.copyOfRange(values, 9, 18);
        assertThat(first).isNotEqualTo(second);
        for (double[] block : List.of(first, second)) {
            assertThat(block[0] * block[3] + block[1] * block[4] + block[2] * block[5])
                    .isCloseTo(0, within(1e-12));
        }
    }

    @Test
    void aBlockOfTheWholeParameterIsNoOtherThanItself() {
        Initializer normal = new Initializer.Normal(0.3);
        assertThat(values(new Initializer.Blocks(List.of(normal)), 5, 4)).isEqualTo(values(normal, 5, 4));
    }
}
