package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.math.Power;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.OptionalDouble;

/** The typing rules of operators. A broken rule is reported with the shapes and the names of the operands. */
final class Operators {
    private Operators() {}

    static Term negate(Expression.Negation expression, Term operand, Context context) {
        return apply(Primitive.NEGATE, expression, List.of(expression.operand()), List.of(operand), context);
    }

    static Term binary(Expression.Binary expression, Term left, Term right, Context context) {
        List<Expression> written = List.of(expression.left(), expression.right());
        List<Term> operands = List.of(left, right);
        return switch (expression.operator()) {
            case ADD -> apply(Primitive.ADD, expression, written, operands, context);
            case SUBTRACT -> apply(Primitive.SUBTRACT, expression, written, operands, context);
            case MULTIPLY -> apply(Primitive.MULTIPLY, expression, written, operands, context);
            case DIVIDE -> apply(Primitive.DIVIDE, expression, written, operands, context);
            case LESS -> apply(Primitive.LESS, expression, written, operands, context);
            case LESS_EQUAL -> apply(Primitive.LESS_EQUAL, expression, written, operands, context);
            case GREATER -> apply(Primitive.LESS, expression, written.reversed(), operands.reversed(), context);
            case GREATER_EQUAL ->
                apply(Primitive.LESS_EQUAL, expression, written.reversed(), operands.reversed(), context);
            case EQUAL -> apply(Primitive.EQUAL, expression, written, operands, context);
            case NOT_EQUAL -> {
                Term equal = apply(Primitive.EQUAL, expression, written, operands, context);
                yield equal instanceof Term.Invalid
                        ? equal
                        : fold(Primitive.SUBTRACT, List.of(new Term.Number(1), equal), equal.type());
            }
            case PRODUCT -> product(expression, left, right, context);
            case POWER -> throw new IllegalStateException("powers have a rule of their own");
        };
    }

    /** {@code base ^ exponent}. */
    static Term power(Expression.Binary expression, Term base, Term exponent, Context context) {
        if (exponent instanceof Term.Number number && base instanceof Term.Number other) {
            return new Term.Number(Power.power(other.value(), number.value()));
        }
        if (exponent instanceof Term.Number number) {
            return base instanceof Term.Invalid || !real(expression.left(), base, context)
                    ? new Term.Invalid()
                    : new Term.Power(base, number.value());
        }
        return apply(
                Primitive.POWER,
                expression,
                List.of(expression.left(), expression.right()),
                List.of(base, exponent),
                context);
    }

    /** An element-wise function; operands of one shape, or scalars, which are repeated. */
    static Term apply(
            Primitive primitive,
            Expression expression,
            List<Expression> written,
            List<Term> operands,
            Context context) {
        boolean valid = true;
        List<Integer> shape = List.of();
        Rows rows = Rows.NONE;
        for (int i = 0; i < operands.size(); i++) {
            Term operand = operands.get(i);
            if (operand instanceof Term.Invalid || !real(written.get(i), operand, context)) {
                valid = false;
                continue;
            }
            TermType type = operand.type();
            rows = type.rows().compareTo(rows) > 0 ? type.rows() : rows;
            if (shape.isEmpty()) {
                shape = type.shape();
            } else if (!type.isScalar() && !type.shape().equals(shape)) {
                if (valid) {
                    mismatch(expression, written, operands, i, shape, context);
                }
                valid = false;
            }
        }
        return valid ? fold(primitive, operands, TermType.real(rows, shape)) : new Term.Invalid();
    }

    private static void mismatch(
            Expression expression,
            List<Expression> written,
            List<Term> operands,
            int wrong,
            List<Integer> expected,
            Context context) {
        String symbol =
                expression instanceof Expression.Binary b ? " " + b.operator().symbol() + " " : " and ";
        List<Term> inOrder = operands;
        if (expression instanceof Expression.Binary b && b.left() != written.getFirst()) {
            inOrder = operands.reversed();
        }
        String shapes = String.join(
                symbol, inOrder.stream().map(t -> t.type().shape().toString()).toList());
        context.error(
                DiagnosticKind.SHAPE_MISMATCH,
                expression.span(),
                text(expression),
                shapes + ": " + text(written.get(wrong)) + " has "
                        + values(operands.get(wrong).type().shape()) + ", " + expected(expected) + " expected");
    }

    private static String values(List<Integer> shape) {
        return shape.size() == 1 ? shape.getFirst() + " value" + (shape.getFirst() == 1 ? "" : "s") : "shape " + shape;
    }

    private static String expected(List<Integer> shape) {
        return shape.size() == 1 ? shape.getFirst().toString() : shape.toString();
    }

    /** An application, computed at once where all operands are numbers. */
    static Term fold(Primitive primitive, List<Term> operands, TermType type) {
        boolean numbers = operands.stream().allMatch(Term.Number.class::isInstance) && primitive != Primitive.ERF;
        return numbers
                ? new Term.Number(Constants.apply(
                        primitive,
                        operands.stream().map(t -> ((Term.Number) t).value()).toList()))
                : new Term.Apply(primitive, operands, type);
    }

    private static Term product(Expression.Binary expression, Term left, Term right, Context context) {
        if (left instanceof Term.Invalid || right instanceof Term.Invalid) {
            return new Term.Invalid();
        }
        if (!real(expression.left(), left, context) || !real(expression.right(), right, context)) {
            return new Term.Invalid();
        }
        List<Integer> matrix = left.type().shape();
        List<Integer> vector = right.type().shape();
        String shapes = matrix + " @ " + vector + ": ";
        if (matrix.size() != 2 || left.type().rows() != Rows.NONE) {
            return context.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    expression.span(),
                    text(expression),
                    shapes + text(expression.left()) + " must be a matrix; only parameters are");
        }
        if (vector.size() != 1) {
            return context.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    expression.span(),
                    text(expression),
                    shapes + text(expression.right()) + " must be a vector");
        }
        if (!matrix.get(1).equals(vector.getFirst())) {
            return context.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    expression.span(),
                    text(expression),
                    shapes + text(expression.right()) + " has " + values(vector) + ", " + matrix.get(1) + " expected");
        }
        return new Term.Product(left, right, TermType.real(right.type().rows(), List.of(matrix.getFirst())));
    }

    /** {@code operand[at]}: by token, or by a constant. */
    static Term index(Expression.Index expression, Term operand, Term at, Context context) {
        if (operand instanceof Term.Invalid || at instanceof Term.Invalid) {
            return new Term.Invalid();
        }
        if (at.type().isToken()) {
            return byToken(expression, expression.operand(), expression.index(), operand, at, context);
        }
        if (!vector(expression.operand(), operand, context)) {
            return new Term.Invalid();
        }
        OptionalDouble index = ConstantEvaluator.value(expression.index(), context);
        if (index.isEmpty()) {
            return new Term.Invalid();
        }
        int size = operand.type().shape().getFirst();
        double value = index.getAsDouble();
        if (value != Math.rint(value) || value < 0 || value >= size) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    expression.index().span(),
                    "the index",
                    "a whole number from 0 to " + (size - 1),
                    ConstantEvaluator.number(value));
        }
        return new Term.Component(operand, (int) value);
    }

    /** The row of a matrix, or the element of a vector, that a token names. */
    static Term byToken(
            Expression expression, Expression table, Expression token, Term operand, Term at, Context context) {
        if (operand instanceof Term.Invalid || at instanceof Term.Invalid) {
            return new Term.Invalid();
        }
        TermType type = operand.type();
        if (!at.type().isToken()) {
            return context.error(DiagnosticKind.NEEDS_TOKEN, token.span(), text(token), at.type());
        }
        boolean matrix = type.shape().size() == 2 && type.rows() == Rows.NONE;
        if (!matrix && !vector(table, operand, context)) {
            return new Term.Invalid();
        }
        int size = type.shape().getFirst();
        if (size != at.type().vocabulary()) {
            return context.error(
                    DiagnosticKind.SHAPE_MISMATCH,
                    expression.span(),
                    text(expression),
                    "%s is one of %s tokens, but %s has %s %s"
                            .formatted(
                                    text(token),
                                    at.type().vocabulary(),
                                    text(table),
                                    size,
                                    matrix ? "rows" : "values"));
        }
        Rows rows = type.rows().compareTo(at.type().rows()) > 0
                ? type.rows()
                : at.type().rows();
        return matrix
                ? new Term.Row(
                        operand, at, TermType.real(rows, List.of(type.shape().get(1))))
                : new Term.Pick(operand, at, TermType.real(rows, List.of()));
    }

    /** {@code operand[from:to]}, {@code to} excluded. */
    static Term slice(Expression.Slice expression, Term operand, Context context) {
        if (operand instanceof Term.Invalid) {
            return operand;
        }
        if (operand.type().isToken() || operand.type().shape().isEmpty()) {
            return context.error(
                    DiagnosticKind.NEEDS_VECTOR,
                    expression.operand().span(),
                    text(expression.operand()),
                    operand.type());
        }
        int size = operand.type().shape().getFirst();
        OptionalDouble from = expression.from().isPresent()
                ? ConstantEvaluator.value(expression.from().get(), context)
                : OptionalDouble.of(0);
        OptionalDouble to = expression.to().isPresent()
                ? ConstantEvaluator.value(expression.to().get(), context)
                : OptionalDouble.of(size);
        if (from.isEmpty() || to.isEmpty()) {
            return new Term.Invalid();
        }
        double first = from.getAsDouble();
        double end = to.getAsDouble();
        if (first < 0 || end > size || first >= end || first != Math.rint(first) || end != Math.rint(end)) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    expression.span(),
                    "the slice",
                    "within 0:" + size + " and not empty",
                    ConstantEvaluator.number(first) + ":" + ConstantEvaluator.number(end));
        }
        return part(operand, (int) first, (int) (end - first));
    }

    /** A slice that is known to lie within its operand. */
    static Term part(Term operand, int from, int size) {
        List<Integer> shape = new java.util.ArrayList<>(operand.type().shape());
        shape.set(0, size);
        return new Term.Slice(operand, from, size, TermType.real(operand.type().rows(), shape));
    }

    /** Whether {@code term} holds real numbers; reported if not. */
    static boolean real(Expression written, Term term, Context context) {
        if (term.type().isToken()) {
            context.error(
                    DiagnosticKind.NEEDS_REAL,
                    written.span(),
                    java.util.Optional.of("embed tokens first, as in 'embed(" + text(written) + ", 64)'"),
                    text(written),
                    term.type());
            return false;
        }
        return true;
    }

    /** Whether {@code term} holds vectors; reported if not. */
    static boolean vector(Expression written, Term term, Context context) {
        if (!term.type().isVector()) {
            context.error(DiagnosticKind.NEEDS_VECTOR, written.span(), text(written), term.type());
            return false;
        }
        return true;
    }

    /** The text of an operand, cut to what fits into a message. */
    static String text(Expression expression) {
        return text(expression.span());
    }

    private static String text(Span span) {
        return Context.shorten(span.text());
    }
}
