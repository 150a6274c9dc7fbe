package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Resolves {@code dropout(x, rate)} and {@code dropout(x, rate, mask: sequence)}. */
final class Dropouts {
    /** The option that says how long a draw holds. */
    static final String MASK = "mask";

    private static final String CONSTANT = "sequence";

    private Dropouts() {}

    static Term resolve(Expression.Call call, TermResolver terms, Instances instances, Context context) {
        List<Expression.Argument> arguments = call.arguments();
        long positional = arguments.stream().filter(a -> a.name().isEmpty()).count();
        for (Expression.Argument argument : arguments) {
            if (argument.name().isPresent() && !argument.name().get().equals(MASK)) {
                return context.error(
                        DiagnosticKind.UNKNOWN_ARGUMENT,
                        argument.span(),
                        call.function(),
                        argument.name().get());
            }
        }
        if (positional != 2
                || arguments.size() > 3
                || arguments.getLast().name().isPresent() != arguments.size() > 2) {
            return context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called dropout(x, 0.2) or dropout(x, 0.2, mask: sequence)"),
                    call.function(),
                    "2 arguments",
                    arguments.size());
        }
        Expression written = arguments.get(0).value();
        Term operand = terms.resolve(written, context);
        OptionalDouble rate = TermResolver.constant(arguments.get(1).value(), context);
        boolean constant = arguments.size() == 3;
        if (operand instanceof Term.Invalid || rate.isEmpty() || !Operators.real(written, operand, context)) {
            return new Term.Invalid();
        }
        if (rate.getAsDouble() < 0 || rate.getAsDouble() >= 1) {
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    arguments.get(1).value().span(),
                    "the rate of dropout",
                    "at least 0 and less than 1",
                    ConstantEvaluator.number(rate.getAsDouble()));
        }
        if (constant && !isConstant(arguments.get(2).value())) {
            Expression mask = arguments.get(2).value();
            return context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    mask.span(),
                    "the mask of dropout",
                    "'sequence', one draw for all steps",
                    "'" + Operators.text(mask) + "'");
        }
        if (constant && context.place() == Context.Place.LAYER && operand.type().rows() != Rows.SEQUENCE) {
            return context.error(
                    DiagnosticKind.NEEDS_SEQUENCE,
                    arguments.get(2).span(),
                    Optional.of("of a value without time steps one draw holds anyway"),
                    "mask: sequence",
                    "'" + Operators.text(written) + "'");
        }
        if (!constant && operand.type().rows() == Rows.SEQUENCE && instances.scanning()) {
            return context.error(
                    DiagnosticKind.NOT_SUPPORTED,
                    call.span(),
                    Optional.of("drop before the call, or once for all steps: 'mask: sequence'"),
                    "a new draw at each step for a whole sequence");
        }
        return rate.getAsDouble() == 0
                ? operand
                : new Term.Dropout(operand, rate.getAsDouble(), instances.nextDropout(), constant);
    }

    private static boolean isConstant(Expression mask) {
        return mask instanceof Expression.Name name
                && !name.primed()
                && name.identifier().equals(CONSTANT);
    }
}
