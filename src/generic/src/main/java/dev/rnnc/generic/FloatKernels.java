package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    public void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, from.length);
    }

    @Override
    public void load(MemorySegment from, Precision precision, long offset, float[] to, int size) {
        switch (precision) {
            case FLOAT -> MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, offset * Float.BYTES, to, 0, size);
            case DOUBLE -> {
                for (int i = 0; i < size; i++) {
                    to[i] = (float) from.getAtIndex(ValueLayout.JAVA_DOUBLE, offset + i);
                }
            }
        }
    }

    @Override
    public void store(float[] from, int offset, int size, MemorySegment to, Precision precision, long at) {
        switch (precision) {
            case FLOAT -> MemorySegment.copy(from, offset, to, ValueLayout.JAVA_FLOAT, at * Float.BYTES, size);
            case DOUBLE -> {
                for (int i = 0; i < size; i++) {
                    to.setAtIndex(ValueLayout.JAVA_DOUBLE, at + i, from[offset + i]);
                }
            }
        }
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
        FloatVector largest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= size - LANES; i += LANES) {
            largest = largest.max(FloatVector.fromArray(SPECIES, a, offset + i));
        }
        float maximum = largest.reduceLanes(VectorOperators.MAX);
        for (; i < size; i++) {
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
