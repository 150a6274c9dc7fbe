package dev.rnnc.runtime;

import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.Precision;
import java.util.Arrays;

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
        double[] values = new double[parameter.size()];
        int rows = parameter.shape().isEmpty() ? 1 : parameter.shape().getFirst();
        Source source = new Source(seed, CounterRandom.stream(parameter.name()), precision);
        source.fill(parameter.initializer(), values, 0, rows, rows == 0 ? 0 : values.length / rows);
        return values;
    }

    /** The random numbers of one parameter. */
    private record Source(long seed, long stream, Precision precision) {
        /** Fills {@code rows x columns} values from {@code start} on. */
        void fill(Initializer initializer, double[] values, int start, int rows, int columns) {
            int end = start + rows * columns;
            switch (initializer) {
                case Initializer.Uniform uniform -> {
                    for (int i = start; i < end; i++) {
                        values[i] = uniform(uniform.bound(), CounterRandom.uniform(seed, stream, i), precision);
                    }
                }
                case Initializer.Normal normal -> {
                    for (int i = start; i < end; i++) {
                        values[i] = normal.deviation() * CounterRandom.normal(seed, stream, i);
                    }
                }
                case Initializer.Constant constant -> Arrays.fill(values, start, end, constant.value());
                case Initializer.Orthogonal orthogonal -> {
                    double[][] vectors = OrthonormalVectors.random(
                            Math.min(rows, columns),
                            Math.max(rows, columns),
                            i -> CounterRandom.normal(seed, stream, start + i));
                    for (int i = 0; i < rows * columns; i++) {
                        int row = i / columns;
                        int column = i % columns;
                        double value = rows <= columns ? vectors[row][column] : vectors[column][row];
                        values[start + i] = orthogonal.gain() * value;
                    }
                }
                case Initializer.Blocks blocks -> {
                    int height = rows / blocks.blocks().size();
                    for (int block = 0; block < blocks.blocks().size(); block++) {
                        int at = start + block * height * columns;
                        fill(blocks.blocks().get(block), values, at, height, columns);
                    }
                }
            }
        }
    }

    static double uniform(double bound, double unit, Precision precision) {
        double value = (2 * unit - 1) * bound;
        // Rounding to float may reach the bound, which the interval leaves out.
        boolean reached = precision == Precision.FLOAT && bound > 0 && (float) value >= bound;
        return reached ? Math.nextDown((float) bound) : value;
    }
}
