package dev.rnnc.runtime.probe;

import java.util.Arrays;

/**
 * Durations of one call, one for each block it was measured in.
 *
 * @param nanos nanoseconds of a call, ascending
 */
public record Readings(double[] nanos) {
    /**
     * Keeps a sorted copy.
     *
     * @throws IllegalArgumentException if there is no reading
     */
    public Readings {
        if (nanos.length == 0) {
            throw new IllegalArgumentException("no readings");
        }
        nanos = nanos.clone();
        Arrays.sort(nanos);
    }

    @Override
    public double[] nanos() {
        return nanos.clone();
    }

    /** The middle one. */
    public double median() {
        return quantile(0.5);
    }

    /** The shortest. */
    public double best() {
        return nanos[0];
    }

    /** The distance between the quartiles as a share of the median: half of all readings lie within it. */
    public double spread() {
        return (quantile(0.75) - quantile(0.25)) / median();
    }

    /**
     * The reading that a share of all lie below, with a straight line between neighbours.
     *
     * @param share from 0 to 1
     */
    public double quantile(double share) {
        double at = share * (nanos.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, nanos.length - 1);
        return nanos[below] + (at - below) * (nanos[above] - nanos[below]);
    }
}
