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
 * Resolves {@code initial: ...} of a call. In a bidirectional layer {@code h: a} is for both directions, {@code
 * forward.h: a} for one.
 */
final class InitialStates {
    private final TermResolver terms;
    private final Context context;
    private final Expression.Call call;
    private final List<String> states;
    private final Direction direction;

    InitialStates(
            TermResolver terms, Context context, Expression.Call call, Definition.Cell cell, Direction direction) {
        this.terms = terms;
        this.context = context;
        this.call = call;
        this.states = CellBody.stateNames(cell);
        this.direction = direction;
    }

    /** The given states of each direction by name; empty after reporting what is wrong. */
    Optional<Map<Direction, Map<String, Term>>> resolve(Optional<Expression.Argument> argument) {
        Map<Direction, Map<String, Term>> initial = new HashMap<>();
        direction.parts().forEach(d -> initial.put(d, new HashMap<>()));
        if (argument.isEmpty()) {
            return Optional.of(initial);
        }
        Expression value = argument.get().value();
        if (value instanceof Expression.Mapping mapping) {
            boolean valid = true;
            for (Expression.Entry entry : mapping.entries()) {
                valid &= entry(entry, initial);
            }
            return valid ? Optional.of(initial) : Optional.empty();
        }
        if (states.size() != 1) {
            context.error(
                    DiagnosticKind.OUT_OF_RANGE,
                    value.span(),
                    "'initial'",
                    "a mapping {" + String.join(": ..., ", states) + ": ...}",
                    "one value");
            return Optional.empty();
        }
        Term term = context.shared("", terms.resolve(value, context));
        initial.values().forEach(m -> m.put(states.getFirst(), term));
        return Optional.of(initial);
    }

    private boolean entry(Expression.Entry entry, Map<Direction, Map<String, Term>> initial) {
        List<Direction> parts = direction.parts();
        String state = entry.key();
        if (direction == Direction.BOTH) {
            for (Direction part : direction.parts()) {
                if (state.startsWith(part.word() + ".")) {
                    parts = List.of(part);
                    state = state.substring(part.word().length() + 1);
                    break;
                }
            }
        }
        if (!states.contains(state)) {
            List<String> known = new ArrayList<>(states);
            Optional<String> hint = Suggestions.hint(entry.key(), known)
                    .or(() -> Optional.of("the states are " + String.join(", ", states)
                            + (direction == Direction.BOTH ? ", each also as forward.STATE and backward.STATE" : "")));
            context.error(DiagnosticKind.UNKNOWN_STATE, entry.keySpan(), hint, call.function(), entry.key());
            return false;
        }
        Term term = context.shared("", terms.resolve(entry.value(), context));
        for (Direction part : parts) {
            if (initial.get(part).put(state, term) != null) {
                context.error(DiagnosticKind.DUPLICATE_ARGUMENT, entry.keySpan(), entry.key());
                return false;
            }
        }
        return true;
    }
}
