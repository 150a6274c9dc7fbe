package dev.rnnc.compiler.explain;

/** The largest singular value of a matrix, by power iteration on its transpose times itself. */
final class SpectralNorm {
    private static final int ITERATIONS = 500;
    private static final double TOLERANCE = 1e-10;

    private SpectralNorm() {}

    /**
     * The norm of some rows.
     *
     * @param matrix dense, row by row
     * @param from the first row
     * @param rows number of rows
     * @param columns number of columns
     */
    static double of(double[] matrix, int from, int rows, int columns) {
        double[] right = new double[columns];
        for (int i = 0; i < columns; i++) {
            // No direction of a matrix with a pattern is at right angles to this.
            right[i] = 1 + 0.1 * Math.sin(1.7 * i + 0.3);
        }
        double norm = 0;
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double length = length(right);
            if (length == 0) {
                return 0;
            }
            double[] next = new double[columns];
            for (int row = 0; row < rows; row++) {
                int start = (from + row) * columns;
                double product = 0;
                for (int i = 0; i < columns; i++) {
                    product += matrix[start + i] * right[i];
                }
                for (int i = 0; i < columns; i++) {
                    next[i] += matrix[start + i] * product / length;
                }
            }
            double found = Math.sqrt(length(next));
            boolean settled = Math.abs(found - norm) <= TOLERANCE * found;
            norm = found;
            right = next;
            if (settled) {
                break;
            }
        }
        return norm;
    }

    private static double length(double[] vector) {
        double square = 0;
        for (double x : vector) {
            square += x * x;
        }
        return Math.sqrt(square);
    }
}
