package dev.rnnc.runtime.generate;

import dev.rnnc.runtime.random.CounterRandom;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Draws an index from logits: index {@code i} with probability {@code softmax(logits / temperature)[i]}. */
public final class Sampler {
    private Sampler() {}

    /**
     * Draws an index.
     *
     * @param logits unnormalised log-probabilities, [V]; minus infinity excludes an index
     * @param temperature from 0 on; 0 takes the largest logit, the first of equals
     * @param random the source of the one number that is drawn; not used at temperature 0
     * @throws IllegalArgumentException if the temperature is negative or not finite, or the logits hold NaN or plus
     *     infinity or nothing finite
     */
    public static int sample(double[] logits, double temperature, CounterRandom random) {
        checkTemperature(temperature);
        int largest = largest(logits);
        if (temperature == 0) {
            return largest;
        }
        double[] weights = new double[logits.length];
        double total = 0;
        for (int i = 0; i < logits.length; i++) {
            weights[i] = StrictMath.exp((logits[i] - logits[largest]) / temperature);
            total += weights[i];
        }
        double left = random.nextUniform() * total;
        int chosen = largest;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] > 0) {
                chosen = i;
                left -= weights[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return chosen;
    }

    /**
     * Draws one of the {@code top} largest logits, of equals those with the smaller index; otherwise as {@link
     * #sample(double[], double, CounterRandom)}.
     *
     * @param top from 1 on
     * @throws IllegalArgumentException also if {@code top} is less than 1
     */
    public static int sample(double[] logits, double temperature, int top, CounterRandom random) {
        if (top < 1) {
            throw new IllegalArgumentException("at least the likeliest symbol must be left, not the first " + top);
        }
        if (top >= logits.length) {
            return sample(logits, temperature, random);
        }
        double[] kept = logits.clone();
        // Stable, so that of equals the first stay; a logit that is not a number must come through to be reported.
        IntStream.range(0, logits.length)
                .filter(i -> !Double.isNaN(logits[i]))
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -logits[i]))
                .skip(top)
                .forEach(i -> kept[i] = Double.NEGATIVE_INFINITY);
        return sample(kept, temperature, random);
    }

    /** Draws an index; see {@link #sample(double[], double, CounterRandom)}. */
    public static int sample(float[] logits, double temperature, CounterRandom random) {
        double[] doubles = new double[logits.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = logits[i];
        }
        return sample(doubles, temperature, random);
    }

    /** @throws IllegalArgumentException if the temperature is negative or not finite */
    public static void checkTemperature(double temperature) {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException(
                    "the temperature must be a finite number from 0 (always the likeliest symbol) on, but is "
                            + temperature);
        }
    }

    private static int largest(double[] logits) {
        int largest = -1;
        for (int i = 0; i < logits.length; i++) {
            if (Double.isNaN(logits[i]) || logits[i] == Double.POSITIVE_INFINITY) {
                throw new IllegalArgumentException(
                        "logit " + i + " is " + logits[i] + "; the weights are damaged or training diverged");
            }
            if (logits[i] > Double.NEGATIVE_INFINITY && (largest < 0 || logits[i] > logits[largest])) {
                largest = i;
            }
        }
        if (largest < 0) {
            throw new IllegalArgumentException("none of the " + logits.length + " logits is finite");
        }
        return largest;
    }
}
