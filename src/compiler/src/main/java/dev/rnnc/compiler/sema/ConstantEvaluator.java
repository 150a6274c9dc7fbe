package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.math.Power;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Computes constant expressions: sizes, rates, settings. */
final class ConstantEvaluator {
    private ConstantEvaluator() {}

    /** The value; empty after reporting what is wrong. */
    static OptionalDouble value(Expression expression, Context context) {
        Optional<Double> value = evaluate(expression, context);
        if (value.isPresent() && !Double.isFinite(value.get())) {
            context.error(DiagnosticKind.BAD_CONSTANT, expression.span(), text(expression));
            return OptionalDouble.empty();
        }
        return value.isPresent() ? OptionalDouble.of(value.get()) : OptionalDouble.empty();
    }

    /** The value as a size: a whole number from 1 to the largest int. */
    static OptionalInt size(Expression expression, Context context) {
        OptionalDouble value = value(expression, context);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!isSize(value.getAsDouble())) {
            context.error(DiagnosticKind.BAD_SIZE, expression.span(), text(expression), number(value.getAsDouble()));
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) value.getAsDouble());
    }

    /** Elements of a value: as many lines of 64 bytes as an int can count the numbers of. */
    static final int MOST_ELEMENTS = Integer.MAX_VALUE - 15;

    static boolean isSize(double value) {
        return value >= 1 && value <= Integer.MAX_VALUE && value == Math.rint(value);
    }

    /** A number without needless decimals. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.valueOf(value);
    }

    private static Optional<Double> evaluate(Expression expression, Context context) {
        return switch (expression) {
            case Expression.Number n -> Optional.of(n.value());
            case Expression.Name n -> name(n, context);
            case Expression.Negation n -> evaluate(n.operand(), context).map(v -> -v);
            case Expression.Binary b -> {
                Optional<Double> left = evaluate(b.left(), context);
                Optional<Double> right = evaluate(b.right(), context);
                yield left.isEmpty() || right.isEmpty() || b.operator() == Expression.Operator.PRODUCT
                        ? b.operator() == Expression.Operator.PRODUCT ? notConstant(b, context) : Optional.empty()
                        : Optional.of(binary(b.operator(), left.get(), right.get()));
            }
            case Expression.Call c -> call(c, context);
            case Expression.Missing _ -> Optional.empty();
            case Expression.Field _,
                    Expression.Mapping _,
                    Expression.Index _,
                    Expression.Slice _,
                    Expression.Vector _ -> notConstant(expression, context);
        };
    }

    private static Optional<Double> name(Expression.Name name, Context context) {
        Double value = name.primed() ? null : context.constants().get(name.identifier());
        if (value != null) {
            return Optional.of(value);
        }
        if (context.names().containsKey(name.identifier()) || name.primed()) {
            return notConstant(name, context);
        }
        context.error(
                DiagnosticKind.UNKNOWN_NAME,
                name.span(),
                Suggestions.hint(name.identifier(), context.constants().keySet()),
                name.identifier());
        return Optional.empty();
    }

    private static Optional<Double> call(Expression.Call call, Context context) {
        Optional<Primitive> primitive = Primitive.named(call.function());
        if (primitive.isEmpty()
                || primitive.get() == Primitive.ERF
                || primitive.get().arity() != call.arguments().size()) {
            return notConstant(call, context);
        }
        List<Double> values = new ArrayList<>();
        for (Expression.Argument argument : call.arguments()) {
            evaluate(argument.value(), context).ifPresent(values::add);
        }
        return values.size() < call.arguments().size()
                ? Optional.empty()
                : Optional.of(Constants.apply(primitive.get(), values));
    }

    private static double binary(Expression.Operator operator, double left, double right) {
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case POWER -> Power.power(left, right);
            case LESS -> left < right ? 1 : 0;
            case LESS_EQUAL -> left <= right ? 1 : 0;
            case GREATER -> left > right ? 1 : 0;
            case GREATER_EQUAL -> left >= right ? 1 : 0;
            case EQUAL -> left == right ? 1 : 0;
            case NOT_EQUAL -> left != right ? 1 : 0;
            case PRODUCT -> throw new IllegalStateException("not a scalar operator");
        };
    }

    private static Optional<Double> notConstant(Expression expression, Context context) {
        context.error(DiagnosticKind.NOT_CONSTANT, expression.span(), text(expression));
        return Optional.empty();
    }

    private static String text(Expression expression) {
        return "'" + Context.shorten(expression.span().text()) + "'";
    }
}
