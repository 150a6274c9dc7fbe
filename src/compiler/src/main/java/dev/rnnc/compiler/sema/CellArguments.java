package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a call of a cell, sorted.
 *
 * @param inputs what flows in
 * @param written the inputs as written
 * @param sizes sizes and constants by name
 * @param initial the argument {@code initial}
 */
record CellArguments(
        List<Term> inputs,
        List<Expression> written,
        Map<String, Expression> sizes,
        Optional<Expression.Argument> initial) {

    /** The arguments of {@code call}; empty after reporting what is wrong. */
    static Optional<CellArguments> of(
            Expression.Call call, Definition.Cell cell, CellSignature signature, TermResolver terms, Context context) {
        List<Term> inputs = new ArrayList<>();
        List<Expression> written = new ArrayList<>();
        Map<String, Expression> sizes = new HashMap<>();
        Optional<Expression.Argument> initial = Optional.empty();
        boolean valid = true;
        int position = 0;
        for (Expression.Argument argument : call.arguments()) {
            if (argument.name().isEmpty()) {
                int size = position - cell.inputs().size();
                if (size < 0) {
                    Term term = terms.resolve(argument.value(), context);
                    valid &= !(term instanceof Term.Invalid);
                    inputs.add(context.shared("", term));
                    written.add(argument.value());
                } else if (size < signature.positionalSizes().size()) {
                    sizes.put(signature.positionalSizes().get(size), argument.value());
                }
                position++;
                continue;
            }
            String name = argument.name().get();
            if (name.equals("initial") && cell.recurrent()) {
                valid &= initial.isEmpty() || duplicate(argument, context);
                initial = Optional.of(argument);
            } else if (signature.isNamed(name)) {
                valid &= sizes.put(name, argument.value()) == null || duplicate(argument, context);
            } else {
                valid = unknown(call, argument, signature, context);
            }
        }
        int most = cell.inputs().size() + signature.positionalSizes().size();
        if (position < cell.inputs().size() || position > most) {
            context.error(
                    DiagnosticKind.ARGUMENT_COUNT,
                    call.functionSpan(),
                    Optional.of("it is called " + pattern(call, cell, signature)),
                    call.function(),
                    signature.describe(cell),
                    CellSignature.count(position, "argument"));
            valid = false;
        }
        CellArguments arguments = new CellArguments(inputs, written, sizes, initial);
        if (!valid) {
            arguments.reportRest(terms, context);
            return Optional.empty();
        }
        return Optional.of(arguments);
    }

    /** Reports what is wrong within the arguments that nobody reads, because of another error in the call. */
    void reportRest(TermResolver terms, Context context) {
        sizes.values().forEach(size -> ConstantEvaluator.value(size, context));
        initial.map(Expression.Argument::value).ifPresent(value -> {
            if (value instanceof Expression.Mapping mapping) {
                mapping.entries().forEach(entry -> terms.resolve(entry.value(), context));
            } else {
                terms.resolve(value, context);
            }
        });
    }

    private static String pattern(Expression.Call call, Definition.Cell cell, CellSignature signature) {
        String pattern = signature.pattern(cell);
        return call.function().equals("share")
                ? "share(LAYER, " + pattern.substring(pattern.indexOf('(') + 1)
                : pattern;
    }

    private static boolean unknown(
            Expression.Call call, Expression.Argument argument, CellSignature signature, Context context) {
        String name = argument.name().orElseThrow();
        List<String> known = new ArrayList<>(signature.constants());
        known.addAll(signature.positionalSizes());
        known.add("initial");
        context.error(
                DiagnosticKind.UNKNOWN_ARGUMENT, argument.span(), Suggestions.hint(name, known), call.function(), name);
        return false;
    }

    private static boolean duplicate(Expression.Argument argument, Context context) {
        context.error(
                DiagnosticKind.DUPLICATE_ARGUMENT,
                argument.span(),
                argument.name().orElseThrow());
        return false;
    }
}
