package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import java.util.Map;

/**
 * Whether an engine computes what the reference computes.
 *
 * @param worst the largest difference, as a share of the largest number of its kind, or of 1 where that is less; the
 *     largest gradient of a parameter counts whatever its size
 * @param where what differs most
 */
public record Agreement(double worst, String where) {
    /** Gradients are sums over all steps and rows and pass through all steps twice. */
    private static final double GRADIENT_SLACK = 10;

    /** A cell close to zero, as in the first step, is divided by its small deviation: what it was rounded by grows. */
    private static final double NORMALISED_SLACK = 100;

    /**
     * Compares everything that both have.
     *
     * @throws IllegalStateException if outputs or losses are missing or differ by more than the workload's tolerance,
     *     gradients by more than ten times that, or a hundred times with layer normalisation
     */
    public static Agreement check(
            Problem problem, String engine, Map<String, double[]> answers, Map<String, double[]> reference) {
        Agreement worst = new Agreement(0, "nothing");
        boolean compared = false;
        for (Map.Entry<String, double[]> entry : answers.entrySet()) {
            String name = entry.getKey();
            double[] expected = reference.get(name);
            boolean fits = expected != null && expected.length >= entry.getValue().length;
            // An engine may know fewer losses, which are one for each update.
            if (!fits || expected.length != entry.getValue().length && !name.equals(Session.LOSS)) {
                throw new IllegalStateException(
                        engine + ", " + problem.workload().name() + ": '" + name + "' has "
                                + entry.getValue().length + " values, the reference "
                                + (expected == null ? "none" : expected.length));
            }
            boolean gradient = name.startsWith(Session.GRADIENT);
            compared |= !gradient;
            double difference = difference(entry.getValue(), expected, gradient ? 0 : 1);
            double limit = problem.workload().tolerance() * (gradient ? slack(problem) : 1);
            if (!(difference <= limit)) {
                throw new IllegalStateException("%s, %s: '%s' differs from the reference by %.3g, more than %.3g"
                        .formatted(engine, problem.workload().name(), name, difference, limit));
            }
            if (difference >= worst.worst) {
                worst = new Agreement(difference, name);
            }
        }
        if (!compared) {
            throw new IllegalStateException(
                    engine + ", " + problem.workload().name() + ": neither outputs nor losses to compare");
        }
        return worst;
    }

    private static double slack(Problem problem) {
        return problem.workload().cell() == Cell.LAYERNORM ? NORMALISED_SLACK : GRADIENT_SLACK;
    }

    private static double difference(double[] values, double[] expected, double leastScale) {
        double scale = leastScale;
        double difference = 0;
        for (int i = 0; i < values.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            // A difference that is not a number is kept: no limit holds for it.
            difference = Math.max(difference, Math.abs(values[i] - expected[i]));
        }
        return scale == 0 ? difference : difference / scale;
    }
}
