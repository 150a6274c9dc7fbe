package dev.rnnc.generic.random;

import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.runtime.math.Erf;
import java.util.Arrays;

/** The language's operations on the features of one row. */
final class Numbers {
    private Numbers() {}

    /** An element-wise function; single numbers are repeated. */
    static double[] apply(Primitive primitive, double[][] operands) {
        int width = Arrays.stream(operands).mapToInt(o -> o.length).max().orElseThrow();
        double[] results = new double[width];
        for (int i = 0; i < width; i++) {
            double a = at(operands, 0, i);
            double b = at(operands, 1, i);
            results[i] = switch (primitive) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
                case DIVIDE -> a / b;
                case LESS -> a < b ? 1 : 0;
                case LESS_EQUAL -> a <= b ? 1 : 0;
                case EQUAL -> a == b ? 1 : 0;
                case NEGATE -> -a;
                case MINIMUM -> Math.min(a, b);
                case MAXIMUM -> Math.max(a, b);
                case WHERE -> a != 0 ? b : at(operands, 2, i);
                case ABSOLUTE -> Math.abs(a);
                case SQUARE_ROOT -> Math.sqrt(a);
                case EXPONENTIAL -> Math.exp(a);
                case LOGARITHM -> Math.log(a);
                case SIGMOID -> 1 / (1 + Math.exp(-a));
                case TANH -> Math.tanh(a);
                case ERF -> Erf.erf(a);
                case EXPM1 -> Math.expm1(a);
                case LOG1P -> Math.log1p(a);
                case POWER -> Math.pow(a, b);
                case DETACH -> a;
            };
        }
        return results;
    }

    private static double at(double[][] operands, int operand, int i) {
        if (operand >= operands.length) {
            return Double.NaN;
        }
        double[] values = operands[operand];
        return values[values.length == 1 ? 0 : i];
    }

    static double[] power(double[] base, double exponent) {
        return Arrays.stream(base).map(x -> Math.pow(x, exponent)).toArray();
    }

    static double[] product(double[] matrix, double[] vector) {
        double[] results = new double[matrix.length / vector.length];
        for (int m = 0; m < results.length; m++) {
            for (int k = 0; k < vector.length; k++) {
                results[m] += matrix[m * vector.length + k] * vector[k];
            }
        }
        return results;
    }

    static double[] oneHot(int size, int token) {
        double[] results = new double[size];
        results[token] = 1;
        return results;
    }

    static double[] concat(double[][] pieces) {
        return Arrays.stream(pieces).flatMapToDouble(Arrays::stream).toArray();
    }

    /** Dot products of a query with each key. */
    static double[] scores(double[] query, double[][] keys) {
        return Arrays.stream(keys).mapToDouble(key -> product(query, key)[0]).toArray();
    }

    /** The mean of the values by the softmax of as many scores; zeros of none. */
    static double[] weighted(double[] scores, double[][] values, int width) {
        int count = Math.min(scores.length, values.length);
        double largest = Arrays.stream(scores, 0, count).max().orElse(0);
        double[] mean = new double[width];
        double sum = 0;
        for (int s = 0; s < count; s++) {
            double weight = Math.exp(scores[s] - largest);
            sum += weight;
            for (int i = 0; i < width; i++) {
                mean[i] += weight * values[s][i];
            }
        }
        for (int i = 0; i < width && count > 0; i++) {
            mean[i] /= sum;
        }
        return mean;
    }

    /** A fold of all numbers to one. */
    static double[] fold(Term.FoldKind kind, double[] numbers) {
        return new double[] {
            switch (kind) {
                case SUM -> Arrays.stream(numbers).sum();
                case MEAN -> Arrays.stream(numbers).average().orElse(0);
                case MAXIMUM -> Arrays.stream(numbers).max().orElse(0);
                case MINIMUM -> Arrays.stream(numbers).min().orElse(0);
            }
        };
    }

    /** A fold of each feature over the steps; zeros of none. */
    static double[] overTime(Term.FoldKind kind, double[][] steps, int width) {
        double[] results = new double[width];
        for (int i = 0; i < width; i++) {
            int feature = i;
            results[i] = fold(
                    kind,
                    Arrays.stream(steps)
                            .mapToDouble(s -> s[s.length == 1 ? 0 : feature])
                            .toArray())[0];
        }
        return results;
    }
}
