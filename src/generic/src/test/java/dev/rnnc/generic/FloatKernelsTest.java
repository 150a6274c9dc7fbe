package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.graph.Function;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The float kernels compute what the double ones do, at sizes that fill vectors and tiles and at such that do not. */
class FloatKernelsTest {
    private final Random random = new Random(3);
    private final FloatKernels floats = new FloatKernels();
    private final DoubleKernels doubles = new DoubleKernels();

    @ParameterizedTest
    @EnumSource(Function.class)
    void functionsAgree(Function function) {
        for (int size : new int[] {1, 7, 37, 64}) {
            for (int strides = 0; strides < 8; strides++) {
                float[][] operands = {positive(size), positive(size), positive(size)};
                int as = strides & 1;
                int bs = strides >> 1 & 1;
                int cs = strides >> 2;
                float[] y = new float[size + 2];
                double[] expected = new double[size + 2];
                floats.map(function, size, y, 2, operands[0], 0, as, operands[1], 0, bs, operands[2], 0, cs);
                doubles.map(
                        function,
                        size,
                        expected,
                        2,
                        wide(operands[0]),
                        0,
                        as,
                        wide(operands[1]),
                        0,
                        bs,
                        wide(operands[2]),
                        0,
                        cs);
                agree(y, expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 16, 37, 70})
    void productsAgree(int k) {
        for (int m : new int[] {1, 4, 7, 33}) {
            for (int rows : new int[] {1, 2, 5}) {
                float[] w = any(m * k);
                float[] x = any(rows * k);
                float[] y = any(rows * m);
                float[] result = y.clone();
                double[] expected = wide(y);
                floats.product(w, 0, m, k, x, 0, k, result, 0, rows);
                doubles.product(wide(w), 0, m, k, wide(x), 0, k, expected, 0, rows);
                agree(result, expected);

                result = x.clone();
                expected = wide(x);
                floats.transposedProduct(w, 0, m, k, y, 0, m, result, 0, rows);
                doubles.transposedProduct(wide(w), 0, m, k, wide(y), 0, m, expected, 0, rows);
                agree(result, expected);

                result = w.clone();
                expected = wide(w);
                floats.outerSum(result, 0, m, k, y, 0, m, x, 0, k, rows);
                doubles.outerSum(expected, 0, m, k, wide(y), 0, m, wide(x), 0, k, rows);
                agree(result, expected);

                // One row of x for all: stride 0.
                result = y.clone();
                expected = wide(y);
                floats.product(w, 0, m, k, x, 0, 0, result, 0, rows);
                doubles.product(wide(w), 0, m, k, wide(x), 0, 0, expected, 0, rows);
                agree(result, expected);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 50})
    void foldsAndSumsAgree(int size) {
        float[] a = any(size);
        float[] y = any(size);
        assertThat(floats.sum(a, 0, size)).isEqualTo(doubles.sum(wide(a), 0, size), within(1e-5));
        assertThat(floats.maximum(a, 0, size)).isEqualTo(doubles.maximum(wide(a), 0, size));
        double[] expected = wide(y);
        floats.add(size, y, 0, a, 0);
        doubles.add(size, expected, 0, wide(a), 0);
        agree(y, expected);
    }

    private float[] positive(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 0.5f + random.nextFloat();
        }
        return values;
    }

    private float[] any(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static double[] wide(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    /** Sums of at most 70 products of numbers below 1/2 have rounding errors well below 1e-5. */
    private static void agree(float[] found, double[] expected) {
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i]).as("element %s", i).isEqualTo(expected[i], within(1e-5));
        }
    }
}
