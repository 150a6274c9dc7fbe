package dev.rnnc.generic.random;

import java.util.Map;
import java.util.Optional;

/** How results of two witnesses are compared. */
final class Comparison {
    private Comparison() {}

    /** Whether that result is a gradient. */
    static boolean isGradient(String name) {
        return name.startsWith(Run.GRADIENT);
    }

    /** How much each element of a result may be off. */
    interface Tolerance {
        double of(String name, int index);
    }

    /**
     * The first of the expected results that {@code found} has otherwise; results that it lacks are none of its.
     *
     * @param relative of the largest number of a result, or of 1 where all are smaller; gradients may be off ten times that
     * @param more what is allowed besides
     */
    static Optional<String> differ(
            Map<String, double[]> found, Map<String, double[]> expected, double relative, Tolerance more) {
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double[] is = found.get(entry.getKey());
            if (is == null) {
                continue;
            }
            double[] right = entry.getValue();
            if (is.length != right.length) {
                return Optional.of("%s has %d elements for %d".formatted(entry.getKey(), is.length, right.length));
            }
            double largest = 1;
            for (double value : right) {
                largest = Math.max(largest, Math.abs(value));
            }
            double tolerance = relative * largest * (isGradient(entry.getKey()) ? 10 : 1);
            for (int i = 0; i < is.length; i++) {
                double error = Math.abs(is[i] - right[i]);
                if (!(error <= tolerance) && !(error <= tolerance + more.of(entry.getKey(), i)) && is[i] != right[i]) {
                    return Optional.of("%s[%d]: %s for %s".formatted(entry.getKey(), i, is[i], right[i]));
                }
            }
        }
        return Optional.empty();
    }

    /** The same without further allowance. */
    static Optional<String> differ(Map<String, double[]> found, Map<String, double[]> expected, double relative) {
        return differ(found, expected, relative, (_, _) -> 0);
    }

    /** The first element that is not the same bit by bit; any NaN is as good as another. */
    static Optional<String> bits(Map<String, double[]> found, Map<String, double[]> expected) {
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double[] is = found.get(entry.getKey());
            for (int i = 0; is != null && i < is.length; i++) {
                double right = entry.getValue()[i];
                if (Double.doubleToLongBits(is[i]) != Double.doubleToLongBits(right)) {
                    return Optional.of("%s[%d]: %s for %s".formatted(entry.getKey(), i, is[i], right));
                }
            }
        }
        return Optional.empty();
    }

    /** The first element that is a zero of the other sign. */
    static Optional<String> zeros(Map<String, double[]> found, Map<String, double[]> expected) {
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double[] is = found.get(entry.getKey());
            for (int i = 0; is != null && i < is.length; i++) {
                double right = entry.getValue()[i];
                if (is[i] == 0 && right == 0 && 1 / is[i] != 1 / right) {
                    return Optional.of("%s[%d]: %s for %s".formatted(entry.getKey(), i, is[i], right));
                }
            }
        }
        return Optional.empty();
    }

    /** The first element that is NaN where a number is expected. */
    static Optional<String> noNumber(Map<String, double[]> found, Map<String, double[]> expected) {
        for (Map.Entry<String, double[]> entry : expected.entrySet()) {
            double[] is = found.get(entry.getKey());
            for (int i = 0; is != null && i < is.length; i++) {
                if (Double.isNaN(is[i]) && Double.isFinite(entry.getValue()[i])) {
                    return Optional.of("%s[%d]: NaN for %s".formatted(entry.getKey(), i, entry.getValue()[i]));
                }
            }
        }
        return Optional.empty();
    }

    /** Whether all numbers are finite and none so large that rounding hides what is compared. */
    static boolean tame(Map<String, double[]> results, double most) {
        for (double[] values : results.values()) {
            for (double value : values) {
                if (!(Math.abs(value) <= most)) {
                    return false;
                }
            }
        }
        return true;
    }
}
