package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Float precision with the Vector API; functions are in {@link FloatMaps}, products in {@link FloatProducts}. */
final class FloatKernels implements Kernels<float[]> {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private final FloatMaps maps = new FloatMaps();

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
        maps.run(f, size, y, yo, a, ao, as, b, bo, bs, c, co, cs);
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
