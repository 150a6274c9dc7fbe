package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import java.util.function.UnaryOperator;

/**
 * The gradient rules of the element-wise functions. Where the output gives the derivative it is used, so that only the
 * output has to be kept for the backward pass: tanh, sigmoid, exp, sqrt.
 *
 * <p>Kinks: comparisons and conditions have gradient zero; {@code |x|} has 0 at 0; of equal operands of a minimum or
 * maximum the second takes the gradient, so that {@code max(x, 0)} has PyTorch's derivative of relu, 0 at 0.
 */
final class MapRules {
    private final GraphBuilder builder;
    private final Adjoints adjoints;
    private final UnaryOperator<Value> forward;

    MapRules(GraphBuilder builder, Adjoints adjoints, UnaryOperator<Value> forward) {
        this.builder = builder;
        this.adjoints = adjoints;
        this.forward = forward;
    }

    /** Contributes {@code dy} to the gradients of the operands of {@code y}; see {@link Rules#apply}. */
    void apply(Function function, Value y, Value dy) {
        switch (function) {
            case ADD -> {
                adjoints.add(y.operand(0), dy);
                adjoints.add(y.operand(1), dy);
            }
            case SUBTRACT -> {
                adjoints.add(y.operand(0), dy);
                operand(y, 1, o -> o.make(Function.NEGATE, dy));
            }
            case MULTIPLY -> {
                operand(y, 0, o -> o.make(Function.MULTIPLY, dy, o.operand(1)));
                operand(y, 1, o -> o.make(Function.MULTIPLY, dy, o.operand(0)));
            }
            case DIVIDE -> {
                operand(y, 0, o -> o.make(Function.DIVIDE, dy, o.operand(1)));
                operand(
                        y,
                        1,
                        o -> { // d(a/b)/db = -y/b
                            Value slope = o.part(Function.DIVIDE, o.output(), o.operand(1));
                            return o.make(Function.NEGATE, o.part(Function.MULTIPLY, dy, slope));
                        });
            }
            case MINIMUM -> chosen(y, dy, 0, 1);
            case MAXIMUM -> chosen(y, dy, 1, 0);
            case LESS, LESS_EQUAL, EQUAL -> {}
            case SELECT -> {
                operand(y, 1, o -> o.make(Function.SELECT, o.operand(0), dy, builder.constant(0)));
                operand(y, 2, o -> o.make(Function.SELECT, o.operand(0), builder.constant(0), dy));
            }
            case NEGATE -> operand(y, 0, o -> o.make(Function.NEGATE, dy));
            case ABSOLUTE ->
                operand(y, 0, o -> {
                    Value zero = builder.constant(0);
                    Value rising = o.part(Function.LESS, zero, o.operand(0));
                    Value falling = o.part(Function.LESS, o.operand(0), zero);
                    Value sign = o.part(Function.SUBTRACT, rising, falling);
                    return o.make(Function.MULTIPLY, dy, sign);
                });
            case SQUARE_ROOT ->
                operand(
                        y,
                        0,
                        o -> { // 1 / (2 y)
                            Value twice = o.part(Function.ADD, o.output(), o.output());
                            return o.make(Function.DIVIDE, dy, twice);
                        });
            case EXPONENTIAL -> operand(y, 0, o -> o.make(Function.MULTIPLY, dy, o.output()));
            case LOGARITHM -> operand(y, 0, o -> o.make(Function.DIVIDE, dy, o.operand(0)));
            case SIGMOID ->
                operand(
                        y,
                        0,
                        o -> { // y (1 - y)
                            Value rest = o.part(Function.SUBTRACT, builder.constant(1), o.output());
                            return o.make(Function.MULTIPLY, dy, o.part(Function.MULTIPLY, o.output(), rest));
                        });
            case TANH ->
                operand(
                        y,
                        0,
                        o -> { // 1 - y^2
                            Value square = o.part(Function.MULTIPLY, o.output(), o.output());
                            return o.make(
                                    Function.MULTIPLY, dy, o.part(Function.SUBTRACT, builder.constant(1), square));
                        });
            case ERF ->
                operand(
                        y,
                        0,
                        o -> { // 2/sqrt(pi) exp(-x^2)
                            Value square = o.part(Function.MULTIPLY, o.operand(0), o.operand(0));
                            Value bell = o.part(Function.EXPONENTIAL, o.part(Function.NEGATE, square));
                            Value slope = o.part(Function.MULTIPLY, builder.constant(2 / Math.sqrt(Math.PI)), bell);
                            return o.make(Function.MULTIPLY, dy, slope);
                        });
            case EXPM1 ->
                // y + 1 would lose what is left far below 0.
                operand(y, 0, o -> o.make(Function.MULTIPLY, dy, o.part(Function.EXPONENTIAL, o.operand(0))));
            case LOG1P ->
                operand(
                        y,
                        0,
                        o -> o.make(Function.DIVIDE, dy, o.part(Function.ADD, builder.constant(1), o.operand(0))));
            case POWER -> power(y, dy);
        }
    }

    /**
     * {@code x^e}: {@code e x^(e-1)}, not {@code e y/x}, which is NaN at 0; and {@code y ln(x)}. As in PyTorch a constant power
     * is 0 where {@code e} is, and the exponent has no part in 0 at 0.
     */
    private void power(Value y, Value dy) {
        if (y.operand(1).op() instanceof Op.Constant(double exponent)) {
            operand(y, 0, o -> {
                Value slope = builder.power(o.operand(0), exponent - 1, o.origin.named(""));
                return o.make(Function.MULTIPLY, dy, o.part(Function.MULTIPLY, builder.constant(exponent), slope));
            });
            return;
        }
        operand(y, 0, o -> {
            Value exponent = o.operand(1);
            Value less = o.part(Function.SUBTRACT, exponent, builder.constant(1));
            Value slope = o.part(Function.MULTIPLY, exponent, o.part(Function.POWER, o.operand(0), less));
            Value moved = o.part(Function.MULTIPLY, dy, slope);
            return o.make(
                    Function.SELECT, o.part(Function.EQUAL, exponent, builder.constant(0)), builder.constant(0), moved);
        });
        operand(y, 1, o -> {
            Value base = o.operand(0);
            Value logarithm = base.op() instanceof Op.Constant(double number)
                    ? builder.constant(StrictMath.log(number))
                    : o.part(Function.LOGARITHM, base);
            Value moved = o.part(Function.MULTIPLY, dy, o.part(Function.MULTIPLY, o.output(), logarithm));
            Value none = o.part(
                    Function.MULTIPLY,
                    o.part(Function.EQUAL, base, builder.constant(0)),
                    o.part(Function.LESS_EQUAL, builder.constant(0), o.operand(1)));
            return o.make(Function.SELECT, none, builder.constant(0), moved);
        });
    }

    /** Minimum and maximum: the first operand has the gradient where {@code operand(less) < operand(than)}. */
    private void chosen(Value y, Value dy, int less, int than) {
        for (int i = 0; i < 2; i++) {
            boolean first = i == 0;
            operand(y, i, o -> {
                Value zero = builder.constant(0);
                Value isFirst = o.part(Function.LESS, o.operand(less), o.operand(than));
                return o.make(Function.SELECT, isFirst, first ? dy : zero, first ? zero : dy);
            });
        }
    }

    /** Adds what {@code rule} makes to the gradient of the {@code index}-th operand, if that is wanted. */
    private void operand(Value y, int index, java.util.function.Function<Operand, Value> rule) {
        Value target = y.operand(index);
        if (adjoints.wants(target)) {
            adjoints.add(target, rule.apply(new Operand(y, Adjoints.origin(target, y))));
        }
    }

    /** What a rule has at hand: forward values, and new ones at the right place in the model. */
    private final class Operand {
        private final Value y;
        private final Origin origin;

        Operand(Value y, Origin origin) {
            this.y = y;
            this.origin = origin;
        }

        Value output() {
            return forward.apply(y);
        }

        Value operand(int index) {
            return forward.apply(y.operand(index));
        }

        /** The gradient itself. */
        Value make(Function function, Value... operands) {
            return builder.map(function, origin, operands);
        }

        /** An intermediate value of it. */
        Value part(Function function, Value... operands) {
            return builder.map(function, origin.named(""), operands);
        }
    }
}
