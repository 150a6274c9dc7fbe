package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.math.Erf;
import dev.rnnc.runtime.math.Power;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Double precision by plain loops: the oracle, made to be read and trusted rather than to be fast. */
final class DoubleKernels implements Kernels<double[]> {
    @Override
    public double[] allocate(int size) {
        return new double[size];
    }

    @Override
    public double get(double[] a, int index) {
        return a[index];
    }

    @Override
    public void set(double[] a, int index, double value) {
        a[index] = value;
    }

    @Override
    public void copy(float[] from, double[] to) {
        for (int i = 0; i < from.length; i++) {
            to[i] = from[i];
        }
    }

    @Override
    public void load(MemorySegment from, Precision precision, long offset, double[] to, int size) {
        switch (precision) {
            case FLOAT -> {
                for (int i = 0; i < size; i++) {
                    to[i] = from.getAtIndex(ValueLayout.JAVA_FLOAT, offset + i);
                }
            }
            case DOUBLE -> MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE, offset * Double.BYTES, to, 0, size);
        }
    }

    @Override
    public void store(double[] from, int offset, int size, MemorySegment to, Precision precision, long at) {
        switch (precision) {
            case FLOAT -> {
                for (int i = 0; i < size; i++) {
                    to.setAtIndex(ValueLayout.JAVA_FLOAT, at + i, (float) from[offset + i]);
                }
            }
            case DOUBLE -> MemorySegment.copy(from, offset, to, ValueLayout.JAVA_DOUBLE, at * Double.BYTES, size);
        }
    }

    @Override
    public void fill(double[] a, int offset, int size, double value) {
        Arrays.fill(a, offset, offset + size, value);
    }

    @Override
    public void add(int size, double[] y, int yo, double[] x, int xo) {
        for (int i = 0; i < size; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void map(
            Function f,
            int size,
            double[] y,
            int yo,
            double[] a,
            int ao,
            int as,
            double[] b,
            int bo,
            int bs,
            double[] c,
            int co,
            int cs) {
        for (int i = 0; i < size; i++) {
            y[yo + i] = value(f, a[ao + i * as], b[bo + i * bs], c[co + i * cs]);
        }
    }

    /** The definition of the element-wise functions. */
    static double value(Function f, double a, double b, double c) {
        return switch (f) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE -> a / b;
            case MINIMUM -> Math.min(a, b);
            case MAXIMUM -> Math.max(a, b);
            case LESS -> a < b ? 1 : 0;
            case LESS_EQUAL -> a <= b ? 1 : 0;
            case EQUAL -> a == b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
            case NEGATE -> -a;
            case ABSOLUTE -> Math.abs(a);
            case SQUARE_ROOT -> Math.sqrt(a);
            case EXPONENTIAL -> Math.exp(a);
            case LOGARITHM -> Math.log(a);
            case SIGMOID -> 1 / (1 + Math.exp(-a));
            case TANH -> Math.tanh(a);
            case ERF -> Erf.erf(a);
            case EXPM1 -> Math.expm1(a);
            case LOG1P -> Math.log1p(a);
            case POWER -> Power.power(a, b);
        };
    }

    @Override
    public double sum(double[] a, int offset, int size) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += a[offset + i];
        }
        return sum;
    }

    @Override
    public double maximum(double[] a, int offset, int size) {
        double maximum = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            maximum = Math.max(maximum, a[offset + i]);
        }
        return maximum;
    }

    @Override
    public void product(double[] w, int wo, int m, int k, double[] x, int xo, int xs, double[] y, int yo, int rows) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < m; i++) {
                double sum = 0;
                for (int j = 0; j < k; j++) {
                    sum += w[wo + i * k + j] * x[xo + r * xs + j];
                }
                y[yo + r * m + i] += sum;
            }
        }
    }

    @Override
    public void transposedProduct(
            double[] w, int wo, int m, int k, double[] y, int yo, int ys, double[] x, int xo, int rows) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < m; i++) {
                double factor = y[yo + r * ys + i];
                for (int j = 0; j < k; j++) {
                    x[xo + r * k + j] += factor * w[wo + i * k + j];
                }
            }
        }
    }

    @Override
    public void outerSum(
            double[] s, int so, int m, int k, double[] a, int ao, int as, double[] b, int bo, int bs, int rows) {
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < m; i++) {
                double factor = a[ao + r * as + i];
                for (int j = 0; j < k; j++) {
                    s[so + i * k + j] += factor * b[bo + r * bs + j];
                }
            }
        }
    }
}
