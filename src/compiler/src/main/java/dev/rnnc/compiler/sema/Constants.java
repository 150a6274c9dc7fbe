package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.runtime.math.Power;
import java.util.List;

/** The element-wise functions on plain numbers, with the same bits on every machine. */
final class Constants {
    private Constants() {}

    /**
     * The value of {@code primitive}.
     *
     * @throws IllegalArgumentException for {@link Primitive#ERF}, which is not folded
     */
    static double apply(Primitive primitive, List<Double> operands) {
        double a = operands.get(0);
        double b = operands.size() > 1 ? operands.get(1) : Double.NaN;
        return switch (primitive) {
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
            case WHERE -> a != 0 ? b : operands.get(2);
            case ABSOLUTE -> Math.abs(a);
            case SQUARE_ROOT -> Math.sqrt(a);
            case EXPONENTIAL -> StrictMath.exp(a);
            case LOGARITHM -> StrictMath.log(a);
            case SIGMOID -> 1 / (1 + StrictMath.exp(-a));
            case TANH -> StrictMath.tanh(a);
            case EXPM1 -> StrictMath.expm1(a);
            case LOG1P -> StrictMath.log1p(a);
            case POWER -> Power.power(a, b);
            case DETACH -> a;
            case ERF -> throw new IllegalArgumentException("erf is not folded");
        };
    }
}
