package dev.rnnc.runtime;

import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;

/** First values of parameters. */
public final class Initialization {
    private Initialization() {}

    /**
     * Fills every parameter as its {@link Initializer} says. Element {@code i} of a parameter depends on the seed, the
     * parameter's name and {@code i} alone, so that a parameter more or less changes no other.
     */
    public static void fill(Parameters parameters, long seed) {
        for (ParameterSpec parameter : parameters.slices()) {
            parameters.set(
                    parameter.name(), values(parameter, seed, parameters.spec().precision()));
        }
    }

    private static double[] values(ParameterSpec parameter, long seed, Precision precision) {
        long stream = CounterRandom.stream(parameter.name());
        double[] values = new double[parameter.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (parameter.initializer()) {
                case Initializer.Uniform uniform ->
                    uniform(uniform.bound(), CounterRandom.uniform(seed, stream, i), precision);
                case Initializer.Normal normal -> normal.deviation() * CounterRandom.normal(seed, stream, i);
                case Initializer.Constant constant -> constant.value();
            };
        }
        return values;
    }

    static double uniform(double bound, double unit, Precision precision) {
        double value = (2 * unit - 1) * bound;
        // Rounding to float may reach the bound, which the interval leaves out.
        boolean reached = precision == Precision.FLOAT && bound > 0 && (float) value >= bound;
        return reached ? Math.nextDown((float) bound) : value;
    }
}
