package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Name;
import dev.rnnc.compiler.syntax.PortType;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Resolves the written types of inputs and targets. */
final class PortTypes {
    private PortTypes() {}

    /** The type; empty after reporting what is wrong. */
    static Optional<TermType> resolve(PortType type, Rows rows, Context context) {
        Name element = type.element();
        return switch (element.text()) {
            case "token" -> {
                if (type.vocabulary().isEmpty() || !type.dimensions().isEmpty()) {
                    context.error(
                            DiagnosticKind.UNKNOWN_TYPE,
                            type.span(),
                            type.span().text());
                    yield Optional.empty();
                }
                Expression size = type.vocabulary().get();
                OptionalInt vocabulary = ConstantEvaluator.size(size, context);
                yield vocabulary.isPresent()
                        ? Optional.of(TermType.token(rows, vocabulary.getAsInt()))
                        : Optional.empty();
            }
            case "real" -> {
                if (type.vocabulary().isPresent()) {
                    context.error(
                            DiagnosticKind.UNKNOWN_TYPE,
                            type.span(),
                            type.span().text());
                    yield Optional.empty();
                }
                if (type.dimensions().size() > 1) {
                    context.error(DiagnosticKind.NOT_SUPPORTED, type.span(), "an input of more than one dimension");
                    yield Optional.empty();
                }
                List<Integer> shape = new ArrayList<>();
                for (Expression dimension : type.dimensions()) {
                    OptionalInt size = ConstantEvaluator.size(dimension, context);
                    size.ifPresent(shape::add);
                    if (size.isPresent() && size.getAsInt() > ConstantEvaluator.MOST_ELEMENTS) {
                        context.error(
                                DiagnosticKind.SIZE_OVERFLOW,
                                dimension.span(),
                                type.span().text(),
                                size.getAsInt());
                        yield Optional.empty();
                    }
                }
                yield shape.size() == type.dimensions().size()
                        ? Optional.of(TermType.real(rows, shape))
                        : Optional.empty();
            }
            default -> {
                Optional<String> hint = Suggestions.hint(element.text(), List.of("token", "real"));
                context.error(DiagnosticKind.UNKNOWN_TYPE, element.span(), hint, element.text());
                yield Optional.empty();
            }
        };
    }
}
