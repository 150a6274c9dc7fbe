package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.runtime.spec.Initializer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Resolves how a parameter starts. What depends on a matrix's size becomes a bound or a deviation here: with {@code
 * [M, K]}, fan in is K and fan out M (Glorot and Bengio 2010; He et al. 2015, arXiv 1502.01852), as in {@code
 * torch.nn.init}.
 */
final class Initializers {
    private static final List<String> NAMES = List.of(
            "uniform",
            "normal",
            "constant",
            "xavier_uniform",
            "xavier_normal",
            "kaiming_uniform",
            "kaiming_normal",
            "orthogonal",
            "split");

    private Initializers() {}

    /** Whether {@code name} is a way to start. */
    static boolean isKnown(String name) {
        return NAMES.contains(name);
    }

    /** The initialiser of a parameter of that shape; empty after reporting what is wrong. */
    static Optional<Initializer> resolve(Expression expression, List<Integer> shape, Context body) {
        if (!(expression instanceof Expression.Call call)) {
            body.error(DiagnosticKind.UNKNOWN_INITIALIZER, expression.span(), Operators.text(expression));
            return Optional.empty();
        }
        if (!isKnown(call.function())) {
            body.error(
                    DiagnosticKind.UNKNOWN_INITIALIZER,
                    call.functionSpan(),
                    Suggestions.hint(call.function(), NAMES),
                    call.function());
            return Optional.empty();
        }
        return call.function().equals("split") ? blocks(call, shape, body) : whole(call, shape, body);
    }

    private static Optional<Initializer> whole(Expression.Call call, List<Integer> shape, Context body) {
        String name = call.function();
        boolean needsValue = List.of("uniform", "normal", "constant").contains(name);
        int given = call.arguments().size();
        if (given > 1
                || given == 0 && needsValue
                || call.arguments().stream().anyMatch(a -> a.name().isPresent())) {
            body.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    name,
                    needsValue ? "1 argument" : "at most 1 argument, the gain",
                    given);
            return Optional.empty();
        }
        double value = name.startsWith("kaiming") ? Math.sqrt(2) : 1;
        if (given == 1) {
            OptionalDouble written =
                    ConstantEvaluator.value(call.arguments().getFirst().value(), body);
            if (written.isEmpty()) {
                return Optional.empty();
            }
            value = written.getAsDouble();
        }
        if (value < 0 && !name.equals("constant")) {
            return bad(call, "number that is not negative", body);
        }
        if (!needsValue && shape.size() != 2) {
            return bad(call, "parameter that is a matrix", body);
        }
        double in = shape.isEmpty() ? 1 : shape.getLast();
        double out = shape.isEmpty() ? 1 : shape.getFirst();
        return Optional.of(
                switch (name) {
                    case "uniform" -> new Initializer.Uniform(value);
                    case "normal" -> new Initializer.Normal(value);
                    case "constant" -> new Initializer.Constant(value);
                    case "xavier_uniform" -> new Initializer.Uniform(value * Math.sqrt(6 / (in + out)));
                    case "xavier_normal" -> new Initializer.Normal(value * Math.sqrt(2 / (in + out)));
                    case "kaiming_uniform" -> new Initializer.Uniform(value * Math.sqrt(3 / in));
                    case "kaiming_normal" -> new Initializer.Normal(value / Math.sqrt(in));
                    case "orthogonal" -> new Initializer.Orthogonal(value);
                    default -> throw new IllegalStateException("no rule for " + name);
                });
    }

    /** {@code split(a, b, ...)}: the rows in equal parts, in the order in which 'split' cuts the product. */
    private static Optional<Initializer> blocks(Expression.Call call, List<Integer> shape, Context body) {
        int parts = call.arguments().size();
        if (shape.isEmpty() || parts == 0 || shape.getFirst() % parts != 0) {
            return bad(call, "parameter whose rows can be cut into " + parts + " equal parts", body);
        }
        List<Integer> part = new ArrayList<>(shape);
        part.set(0, shape.getFirst() / parts);
        List<Initializer> blocks = new ArrayList<>();
        for (Expression.Argument argument : call.arguments()) {
            resolve(argument.value(), part, body).ifPresent(blocks::add);
        }
        return blocks.size() == parts ? Optional.of(new Initializer.Blocks(blocks)) : Optional.empty();
    }

    private static Optional<Initializer> bad(Expression.Call call, String needs, Context body) {
        body.error(DiagnosticKind.BAD_INITIALIZER, call.span(), call.function(), needs);
        return Optional.empty();
    }
}
