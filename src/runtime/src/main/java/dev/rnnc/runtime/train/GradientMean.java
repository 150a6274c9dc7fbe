package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sums of gradients, element by element and always in the order given, so that no bit depends on who computes which
 * elements. Ranges count elements.
 */
final class GradientMean {
    /** Elements that stay in the first cache while one gradient after another is added. */
    private static final int BLOCK = 2048;

    private GradientMean() {}

    /** {@code sum = weights[0] gradients[0] + weights[1] gradients[1] + ...}; a gradient of weight 0 is not read. */
    static void weighted(
            MemorySegment sum, MemorySegment[] gradients, double[] weights, Precision precision, int start, int end) {
        for (int from = start; from < end; from += BLOCK) {
            int to = Math.min(end, from + BLOCK);
            boolean first = true;
            for (int i = 0; i < gradients.length; i++) {
                if (weights[i] != 0) {
                    if (first) {
                        scale(sum, gradients[i], weights[i], precision, from, to);
                    } else {
                        add(sum, 1, gradients[i], weights[i], precision, from, to);
                    }
                    first = false;
                }
            }
        }
    }

    /** {@code sum = factor gradient}. */
    private static void scale(
            MemorySegment sum, MemorySegment gradient, double factor, Precision precision, int start, int end) {
        switch (precision) {
            case FLOAT -> {
                float by = (float) factor;
                int done = Lanes.vectors() ? VectorMean.scale(sum, gradient, by, start, end) : start;
                for (int i = done; i < end; i++) {
                    sum.set(ValueLayout.JAVA_FLOAT, 4L * i, by * gradient.get(ValueLayout.JAVA_FLOAT, 4L * i));
                }
            }
            case DOUBLE -> {
                for (int i = start; i < end; i++) {
                    sum.set(ValueLayout.JAVA_DOUBLE, 8L * i, factor * gradient.get(ValueLayout.JAVA_DOUBLE, 8L * i));
                }
            }
        }
    }

    /** {@code sum = keep sum + factor gradient}. */
    static void add(
            MemorySegment sum,
            double keep,
            MemorySegment gradient,
            double factor,
            Precision precision,
            int start,
            int end) {
        switch (precision) {
            case FLOAT -> {
                float old = (float) keep;
                float by = (float) factor;
                int done = Lanes.vectors() ? VectorMean.add(sum, old, gradient, by, start, end) : start;
                for (int i = done; i < end; i++) {
                    long at = 4L * i;
                    float value = old * sum.get(ValueLayout.JAVA_FLOAT, at);
                    sum.set(ValueLayout.JAVA_FLOAT, at, value + by * gradient.get(ValueLayout.JAVA_FLOAT, at));
                }
            }
            case DOUBLE -> {
                for (int i = start; i < end; i++) {
                    long at = 8L * i;
                    double value = keep * sum.get(ValueLayout.JAVA_DOUBLE, at);
                    sum.set(ValueLayout.JAVA_DOUBLE, at, value + factor * gradient.get(ValueLayout.JAVA_DOUBLE, at));
                }
            }
        }
    }

    /** {@code gradient += factor sign(parameter)}, the gradient of {@code factor} times the sum of absolute values. */
    static void addSigns(
            MemorySegment gradient, MemorySegment parameters, double factor, Precision precision, int start, int end) {
        switch (precision) {
            case FLOAT -> {
                float by = (float) factor;
                for (int i = start; i < end; i++) {
                    long at = 4L * i;
                    float sign = Math.signum(parameters.get(ValueLayout.JAVA_FLOAT, at));
                    gradient.set(ValueLayout.JAVA_FLOAT, at, gradient.get(ValueLayout.JAVA_FLOAT, at) + by * sign);
                }
            }
            case DOUBLE -> {
                for (int i = start; i < end; i++) {
                    long at = 8L * i;
                    double sign = Math.signum(parameters.get(ValueLayout.JAVA_DOUBLE, at));
                    gradient.set(
                            ValueLayout.JAVA_DOUBLE, at, gradient.get(ValueLayout.JAVA_DOUBLE, at) + factor * sign);
                }
            }
        }
    }
}
