package dev.rnnc.runtime;

import java.util.function.IntToDoubleFunction;

/** Random orthonormal vectors: normal vectors made orthogonal by the modified Gram-Schmidt process, done twice. */
final class OrthonormalVectors {
    private OrthonormalVectors() {}

    /**
     * {@code count} vectors of {@code size} elements, at most as many as that.
     *
     * @param normal the {@code i}-th of {@code count * size} normal random numbers
     */
    static double[][] random(int count, int size, IntToDoubleFunction normal) {
        double[][] vectors = new double[count][size];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < size; j++) {
                vectors[i][j] = normal.applyAsDouble(i * size + j);
            }
            // The first round leaves rounding errors that grow with the length it takes away; the second removes them.
            for (int round = 0; round < 2; round++) {
                for (int k = 0; k < i; k++) {
                    subtract(vectors[i], vectors[k], dot(vectors[i], vectors[k]));
                }
                scale(vectors[i], 1 / Math.sqrt(dot(vectors[i], vectors[i])));
            }
        }
        return vectors;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void subtract(double[] from, double[] direction, double length) {
        for (int i = 0; i < from.length; i++) {
            from[i] -= length * direction[i];
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= factor;
        }
    }
}
