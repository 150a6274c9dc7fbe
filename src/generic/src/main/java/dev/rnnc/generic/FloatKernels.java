package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.math.Erf;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Float precision with the Vector API; products are in {@link FloatProducts}. */
final class FloatKernels implements Kernels<float[]> {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    @Override
    public float[] allocate(int size) {
        return new float[size];
    }

    @Override
    public double get(float[] a, int index) {
        return a[index];
    }

    @Override
    public void set(float[] a, int index, double value) {
        a[index] = (float) value;
    }

    @Override
    public void fill(float[] a, int offset, int size, double value) {
        Arrays.fill(a, offset, offset + size, (float) value);
    }

    @Override
    public void add(int size, float[] y, int yo, float[] x, int xo) {
        int i = 0;
        for (; i <= size - LANES; i += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, y, yo + i).add(FloatVector.fromArray(SPECIES, x, xo + i));
            sum.intoArray(y, yo + i);
        }
        for (; i < size; i++) {
            y[yo + i] += x[xo + i];
        }
    }

    @Override
    public void map(
            Function f,
            int size,
            float[] y,
            int yo,
            float[] a,
            int ao,
            int as,
            float[] b,
            int bo,
            int bs,
            float[] c,
            int co,
            int cs) {
        int done = 0;
        if (size >= LANES) {
            done = switch (f) {
                case ADD -> binary(VectorOperators.ADD, size, y, yo, a, ao, as, b, bo, bs);
                case SUBTRACT -> binary(VectorOperators.SUB, size, y, yo, a, ao, as, b, bo, bs);
                case MULTIPLY -> binary(VectorOperators.MUL, size, y, yo, a, ao, as, b, bo, bs);
                case DIVIDE -> binary(VectorOperators.DIV, size, y, yo, a, ao, as, b, bo, bs);
                case MINIMUM -> binary(VectorOperators.MIN, size, y, yo, a, ao, as, b, bo, bs);
                case MAXIMUM -> binary(VectorOperators.MAX, size, y, yo, a, ao, as, b, bo, bs);
                case NEGATE -> unary(VectorOperators.NEG, size, y, yo, a, ao, as);
                case ABSOLUTE -> unary(VectorOperators.ABS, size, y, yo, a, ao, as);
                case SQUARE_ROOT -> unary(VectorOperators.SQRT, size, y, yo, a, ao, as);
                case EXPONENTIAL -> unary(VectorOperators.EXP, size, y, yo, a, ao, as);
                case LOGARITHM -> unary(VectorOperators.LOG, size, y, yo, a, ao, as);
                case TANH -> unary(VectorOperators.TANH, size, y, yo, a, ao, as);
                case SIGMOID -> sigmoid(size, y, yo, a, ao, as);
                case LESS, LESS_EQUAL, EQUAL, SELECT, ERF -> 0;
            };
        }
        for (int i = done; i < size; i++) {
            y[yo + i] = value(f, a[ao + i * as], b[bo + i * bs], c[co + i * cs]);
        }
    }

    private static float value(Function f, float a, float b, float c) {
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
            case SQUARE_ROOT -> (float) Math.sqrt(a);
            case EXPONENTIAL -> (float) Math.exp(a);
            case LOGARITHM -> (float) Math.log(a);
            case SIGMOID -> (float) (1 / (1 + Math.exp(-a)));
            case TANH -> (float) Math.tanh(a);
            case ERF -> Erf.erf(a);
        };
    }

    /** Whole vectors only; yields the number of elements done. */
    private static int binary(
            VectorOperators.Binary f,
            int size,
            float[] y,
            int yo,
            float[] a,
            int ao,
            int as,
            float[] b,
            int bo,
            int bs) {
        int whole = size - size % LANES;
        if (as == 1 && bs == 1) {
            for (int i = 0; i < whole; i += LANES) {
                FloatVector left = FloatVector.fromArray(SPECIES, a, ao + i);
                left.lanewise(f, FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
            }
        } else if (as == 1) {
            FloatVector right = FloatVector.broadcast(SPECIES, b[bo]);
            for (int i = 0; i < whole; i += LANES) {
                FloatVector.fromArray(SPECIES, a, ao + i).lanewise(f, right).intoArray(y, yo + i);
            }
        } else if (bs == 1) {
            FloatVector left = FloatVector.broadcast(SPECIES, a[ao]);
            for (int i = 0; i < whole; i += LANES) {
                left.lanewise(f, FloatVector.fromArray(SPECIES, b, bo + i)).intoArray(y, yo + i);
            }
        } else {
            return 0;
        }
        return whole;
    }

    private static int unary(VectorOperators.Unary f, int size, float[] y, int yo, float[] a, int ao, int as) {
        if (as == 0) {
            return 0;
        }
        int whole = size - size % LANES;
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(SPECIES, a, ao + i).lanewise(f).intoArray(y, yo + i);
        }
        return whole;
    }

    private static int sigmoid(int size, float[] y, int yo, float[] a, int ao, int as) {
        if (as == 0) {
            return 0;
        }
        int whole = size - size % LANES;
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector grown = FloatVector.fromArray(SPECIES, a, ao + i).neg().lanewise(VectorOperators.EXP);
            one.div(grown.add(one)).intoArray(y, yo + i);
        }
        return whole;
    }

    @Override
    public double sum(float[] a, int offset, int size) {
        FloatVector sums = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i <= size - LANES; i += LANES) {
            sums = sums.add(FloatVector.fromArray(SPECIES, a, offset + i));
        }
        float sum = sums.reduceLanes(VectorOperators.ADD);
        for (; i < size; i++) {
            sum += a[offset + i];
        }
        return sum;
    }

    @Override
    public double maximum(float[] a, int offset, int size) {
        float maximum = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            maximum = Math.max(maximum, a[offset + i]);
        }
        return maximum;
    }

    @Override
    public void product(float[] w, int wo, int m, int k, float[] x, int xo, int xs, float[] y, int yo, int rows) {
        FloatProducts.byDots(w, wo, m, k, x, xo, xs, y, yo, rows);
    }

    @Override
    public void transposedProduct(
            float[] w, int wo, int m, int k, float[] y, int yo, int ys, float[] x, int xo, int rows) {
        FloatProducts.bySums(x, xo, rows, k, m, y, yo, ys, 1, w, wo, k);
    }

    @Override
    public void outerSum(
            float[] s, int so, int m, int k, float[] a, int ao, int as, float[] b, int bo, int bs, int rows) {
        FloatProducts.bySums(s, so, m, k, rows, a, ao, 1, as, b, bo, bs);
    }
}
