package dev.rnnc.cli.data;

import java.util.Arrays;

/**
 * A number {@code v} of a file becomes {@code (v - shift) / scale}, another pair for each value of a field.
 *
 * @param shift in the file's unit
 * @param scale in the file's unit, never 0
 */
public record Scaling(double[] shift, double[] scale) {
    /** Leaves numbers as they are. */
    static Scaling none(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return new Scaling(new double[width], ones);
    }

    /** As the model sees a number. */
    public double apply(double value, int i) {
        return (value - shift[i]) / scale[i];
    }

    /** From the model's view back to the file's unit. */
    public double invert(double value, int i) {
        return value * scale[i] + shift[i];
    }

    /** Whether it leaves numbers as they are. */
    boolean isNone() {
        return Arrays.stream(shift).allMatch(s -> s == 0)
                && Arrays.stream(scale).allMatch(s -> s == 1);
    }

    /**
     * Measures the numbers of a part. A column of one value is only shifted, and one of zeros and ones, as a flag or a
     * class, stays as it is.
     */
    static Scaling fit(Normalize kind, Table table, Series series, Part part) {
        int width = series.field().width();
        if (kind == Normalize.NONE) {
            return none(width);
        }
        double[] mean = new double[width];
        double[] squares = new double[width];
        double[] least = filled(width, Double.POSITIVE_INFINITY);
        double[] most = filled(width, Double.NEGATIVE_INFINITY);
        boolean[] flags = new boolean[width];
        Arrays.fill(flags, true);
        long count = 0;
        for (int range = 0; range < part.size(); range++) {
            long[] steps = part.steps(table, series, range);
            for (long step = steps[0]; step < steps[1]; step++) {
                count++;
                for (int i = 0; i < width; i++) {
                    double value = series.real(step, i);
                    // Welford's recurrence (Technometrics 4, 1962): no cancellation where the mean is large.
                    double delta = value - mean[i];
                    mean[i] += delta / count;
                    squares[i] += delta * (value - mean[i]);
                    least[i] = Math.min(least[i], value);
                    most[i] = Math.max(most[i], value);
                    flags[i] &= value == 0 || value == 1;
                }
            }
        }
        Scaling fitted = none(width);
        for (int i = 0; i < width && count > 0; i++) {
            if (!flags[i]) {
                boolean standard = kind == Normalize.STANDARD;
                double scale = standard ? Math.sqrt(squares[i] / count) : most[i] - least[i];
                fitted.shift[i] = standard ? mean[i] : least[i];
                fitted.scale[i] = scale > 0 && Double.isFinite(1 / scale) ? scale : 1;
            }
        }
        return fitted;
    }

    private static double[] filled(int size, double value) {
        double[] all = new double[size];
        Arrays.fill(all, value);
        return all;
    }
}
