package dev.rnnc.cli.foreign;

import java.util.Map;

/**
 * The layers of Keras by its own equations, in double precision, for one row. Variables are row-major as in its files:
 * {@code kernel} [in, gates * units], gates i f c o of an LSTM and z r h of a GRU.
 */
final class KerasEquations {
    private KerasEquations() {}

    /**
     * The settings that decide on what a recurrent layer computes in a step.
     *
     * @param type {@code LSTM}, {@code GRU} or {@code SimpleRNN}
     * @param resetAfter of a GRU: whether the reset gate acts behind the product
     */
    record Cell(String type, KerasActivation activation, KerasActivation gate, boolean resetAfter) {
        int gates() {
            return KerasEquations.gates(type);
        }
    }

    /** How many parts the kernels of a recurrent layer have. */
    static int gates(String type) {
        return switch (type) {
            case "LSTM" -> 4;
            case "GRU" -> 3;
            default -> 1;
        };
    }

    /**
     * One step.
     *
     * @param variables kernel, recurrent_kernel and perhaps bias
     * @param states h, and c of an LSTM; replaced by those after the step
     */
    static void step(Cell cell, Map<String, double[]> variables, double[] x, double[][] states) {
        double[] h = states[0];
        int units = h.length;
        double[] kernel = variables.get(KerasSources.KERNEL);
        double[] recurrent = variables.get(KerasSources.RECURRENT_KERNEL);
        double[] bias = variables.getOrDefault(KerasSources.BIAS, new double[cell.gates() * units]);
        double[] ofInput = affine(x, kernel, bias, cell.gates() * units);
        double[] ofState = affine(h, recurrent, null, cell.gates() * units);
        switch (cell.type) {
            case "LSTM" -> {
                double[] z = sum(ofInput, ofState);
                double[] i = cell.gate.function().apply(part(z, 0, units));
                double[] f = cell.gate.function().apply(part(z, 1, units));
                double[] g = cell.activation.function().apply(part(z, 2, units));
                double[] o = cell.gate.function().apply(part(z, 3, units));
                double[] c = sum(product(f, states[1]), product(i, g));
                states[1] = c;
                states[0] = product(o, cell.activation.function().apply(c));
            }
            case "GRU" -> {
                boolean two = bias.length == 6 * units;
                if (two) {
                    double[] second = new double[3 * units];
                    System.arraycopy(bias, 3 * units, second, 0, second.length);
                    ofState = sum(ofState, second);
                }
                double[] update = cell.gate.function().apply(sum(part(ofInput, 0, units), part(ofState, 0, units)));
                double[] reset = cell.gate.function().apply(sum(part(ofInput, 1, units), part(ofState, 1, units)));
                double[] candidate = cell.resetAfter
                        ? sum(part(ofInput, 2, units), product(reset, part(ofState, 2, units)))
                        : sum(
                                part(ofInput, 2, units),
                                part(affine(product(reset, h), recurrent, null, 3 * units), 2, units));
                double[] fresh = cell.activation.function().apply(candidate);
                double[] next = new double[units];
                for (int k = 0; k < units; k++) {
                    next[k] = update[k] * h[k] + (1 - update[k]) * fresh[k];
                }
                states[0] = next;
            }
            default -> states[0] = cell.activation.function().apply(sum(ofInput, ofState));
        }
    }

    /** {@code activation(x @ kernel + bias)}. */
    static double[] dense(KerasActivation activation, Map<String, double[]> variables, double[] x) {
        double[] kernel = variables.get(KerasSources.KERNEL);
        return activation
                .function()
                .apply(affine(x, kernel, variables.get(KerasSources.BIAS), kernel.length / x.length));
    }

    /** Layer normalisation over the features of a row; with moving values batch normalisation. */
    static double[] normalised(Map<String, double[]> variables, double epsilon, double[] x) {
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] means = variables.get("moving_mean");
        double[] variances = variables.get("moving_variance");
        double[] gamma = variables.get("gamma");
        double[] beta = variables.get("beta");
        double[] result = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            double centered = x[i] - (means == null ? mean : means[i]);
            double scaled = centered / Math.sqrt((variances == null ? variance : variances[i]) + epsilon);
            result[i] = scaled * (gamma == null ? 1 : gamma[i]) + (beta == null ? 0 : beta[i]);
        }
        return result;
    }

    /** {@code x @ kernel + bias}, of which the first {@code columns} of the bias are used. */
    private static double[] affine(double[] x, double[] kernel, double[] bias, int columns) {
        double[] sum = new double[columns];
        if (bias != null) {
            System.arraycopy(bias, 0, sum, 0, columns);
        }
        for (int k = 0; k < x.length; k++) {
            for (int j = 0; j < columns; j++) {
                sum[j] += x[k] * kernel[k * columns + j];
            }
        }
        return sum;
    }

    private static double[] part(double[] values, int index, int size) {
        double[] part = new double[size];
        System.arraycopy(values, index * size, part, 0, size);
        return part;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    private static double[] product(double[] a, double[] b) {
        double[] product = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            product[i] = a[i] * b[i];
        }
        return product;
    }
}
