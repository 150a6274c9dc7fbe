package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * An activation with the definition that Keras has for it.
 *
 * @param name as Keras calls it, with what else decides on its values
 * @param function of the values of one row
 */
record KerasActivation(String name, UnaryOperator<double[]> function) {
    static final KerasActivation LINEAR = each("linear", x -> x);

    /** By name alone, where two versions of Keras agree. */
    private static final List<KerasActivation> NAMED = List.of(
            LINEAR,
            each("relu", x -> Math.max(x, 0)),
            each("relu6", x -> Math.clamp(x, 0, 6)),
            each("tanh", Math::tanh),
            each("sigmoid", KerasActivation::sigmoid),
            new KerasActivation("softmax", KerasActivation::softmax),
            new KerasActivation("log_softmax", KerasActivation::logSoftmax),
            elu(1),
            each("selu", x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))),
            each("gelu", x -> 0.5 * x * (1 + TermEvaluator.erf(x * Math.sqrt(0.5)))),
            each("silu", x -> x * sigmoid(x)),
            each("softplus", x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
            each("softsign", x -> x / (1 + Math.abs(x))),
            each("exponential", Math::exp),
            each("hard_tanh", x -> Math.clamp(x, -1, 1)),
            each("hard_silu", x -> x * hardSigmoid(x)),
            each("mish", x -> x * Math.tanh(Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))))),
            each("log_sigmoid", x -> Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)))));

    private static final KerasActivation HARD_SIGMOID_2 =
            each("hard_sigmoid (Keras 2: clip(0.2 x + 0.5, 0, 1))", x -> Math.clamp(0.2 * x + 0.5, 0, 1));
    private static final KerasActivation HARD_SIGMOID_3 =
            each("hard_sigmoid (Keras 3: clip(x / 6 + 0.5, 0, 1))", KerasActivation::hardSigmoid);

    /** All without settings of their own, to find out which one a model computes. */
    static List<KerasActivation> known() {
        List<KerasActivation> known = new ArrayList<>(NAMED);
        known.addAll(List.of(HARD_SIGMOID_2, HARD_SIGMOID_3, leaky(0.01), leaky(0.2), leaky(0.3), leaky(0.1)));
        return known;
    }

    /**
     * What a setting states; empty for a function of one's own.
     *
     * @param setting a name, or a class with settings; null where it is not stated
     * @param major the version of Keras that wrote it
     */
    static Optional<KerasActivation> of(JsonValue setting, int major) {
        return switch (setting) {
            case null -> Optional.of(LINEAR);
            case JsonValue.Null _ -> Optional.of(LINEAR);
            case JsonValue.Text text -> named(text.value(), major);
            case JsonValue.Members object -> layer(new JsonMembers(object.members()), major);
            case JsonValue.Number _, JsonValue.Bool _, JsonValue.Array _ -> Optional.empty();
        };
    }

    /** Whether a setting states that there is none. */
    static boolean isLinear(JsonValue setting) {
        return of(setting, 3).filter(LINEAR::equals).isPresent();
    }

    private static Optional<KerasActivation> named(String name, int major) {
        return switch (name) {
            case "hard_sigmoid" -> Optional.of(major < 3 ? HARD_SIGMOID_2 : HARD_SIGMOID_3);
            case "swish" -> named("silu", major);
            case "hard_swish" -> named("hard_silu", major);
            case "leaky_relu" -> Optional.of(leaky(0.2));
            default -> NAMED.stream().filter(known -> known.name.equals(name)).findFirst();
        };
    }

    /** A layer that is an activation: those of {@code keras.layers}. */
    static Optional<KerasActivation> layer(JsonMembers layer, int major) {
        JsonMembers config = layer.object("config");
        return switch (layer.text("class_name", "")) {
            case "Activation" -> of(config.members().get("activation"), major);
            case "LeakyReLU" -> Optional.of(leaky(config.number("negative_slope", config.number("alpha", 0.3))));
            case "ELU" -> Optional.of(elu(config.number("alpha", 1)));
            case "Softmax" -> named("softmax", major);
            case "ReLU" -> {
                double most = config.number("max_value", Double.POSITIVE_INFINITY);
                double slope = config.number("negative_slope", 0);
                double threshold = config.number("threshold", 0);
                yield Optional.of(each(
                        "ReLU (max_value %s, negative_slope %s, threshold %s)".formatted(most, slope, threshold),
                        x -> x >= most ? most : x >= threshold ? x : slope * (x - threshold)));
            }
            default -> Optional.empty();
        };
    }

    private static KerasActivation leaky(double slope) {
        return each("leaky_relu (slope " + slope + ")", x -> x > 0 ? x : slope * x);
    }

    private static KerasActivation elu(double alpha) {
        return each(alpha == 1 ? "elu" : "elu (alpha " + alpha + ")", x -> x > 0 ? x : alpha * Math.expm1(x));
    }

    private static KerasActivation each(String name, DoubleUnaryOperator function) {
        return new KerasActivation(name, row -> {
            double[] result = new double[row.length];
            for (int i = 0; i < row.length; i++) {
                result[i] = function.applyAsDouble(row[i]);
            }
            return result;
        });
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double hardSigmoid(double x) {
        return Math.clamp(x / 6 + 0.5, 0, 1);
    }

    private static double[] softmax(double[] row) {
        double[] result = logSoftmax(row);
        for (int i = 0; i < row.length; i++) {
            result[i] = Math.exp(result[i]);
        }
        return result;
    }

    private static double[] logSoftmax(double[] row) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double x : row) {
            largest = Math.max(largest, x);
        }
        double sum = 0;
        for (double x : row) {
            sum += Math.exp(x - largest);
        }
        double[] result = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            result[i] = row[i] - largest - Math.log(sum);
        }
        return result;
    }
}
