package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Initializer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Resolves how parameters start: {@code uniform(bound)}, {@code normal(deviation)}, {@code constant(value)}. */
final class Initializers {
    private Initializers() {}

    /** The initialiser; empty after reporting what is wrong. */
    static Optional<Initializer> resolve(Expression expression, Context body) {
        if (!(expression instanceof Expression.Call call)
                || call.arguments().size() != 1
                || call.arguments().getFirst().name().isPresent()) {
            body.error(DiagnosticKind.UNKNOWN_INITIALIZER, expression.span(), Operators.text(expression));
            return Optional.empty();
        }
        OptionalDouble value =
                ConstantEvaluator.value(call.arguments().getFirst().value(), body);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        double number = value.getAsDouble();
        boolean spread = call.function().equals("uniform") || call.function().equals("normal");
        if (spread && number < 0) {
            body.error(DiagnosticKind.BAD_INITIALIZER, call.span(), call.function(), "number that is not negative");
            return Optional.empty();
        }
        return switch (call.function()) {
            case "uniform" -> Optional.of(new Initializer.Uniform(number));
            case "normal" -> Optional.of(new Initializer.Normal(number));
            case "constant" -> Optional.of(new Initializer.Constant(number));
            default -> {
                body.error(
                        DiagnosticKind.UNKNOWN_INITIALIZER,
                        call.functionSpan(),
                        Suggestions.hint(call.function(), List.of("uniform", "normal", "constant")),
                        call.function());
                yield Optional.empty();
            }
        };
    }
}
