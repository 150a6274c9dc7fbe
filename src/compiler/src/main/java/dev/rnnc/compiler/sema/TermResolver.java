package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Suggestions;
import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Resolves expressions to typed terms. After an error it goes on with {@link Term.Invalid}. */
final class TermResolver {
    /** Levels of expressions, those within called functions included. */
    private static final int MAX_DEPTH = 600;

    private final Instances instances;
    private final Intrinsics intrinsics;
    private final FunctionCalls functions;
    private final CellCalls cells;
    private final SequenceCalls sequences;
    private int depth;

    TermResolver(Instances instances) {
        this.instances = instances;
        this.intrinsics = new Intrinsics(this, instances);
        this.functions = new FunctionCalls(this, instances);
        this.cells = new CellCalls(this, instances);
        this.sequences = new SequenceCalls(this, instances);
    }

    /** The term of an expression. */
    Term resolve(Expression expression, Context context) {
        if (depth >= MAX_DEPTH) {
            return context.error(DiagnosticKind.TOO_DEEP, expression.span(), MAX_DEPTH);
        }
        depth++;
        try {
            return term(expression, context);
        } finally {
            depth--;
        }
    }

    private Term term(Expression expression, Context context) {
        return switch (expression) {
            case Expression.Number n -> new Term.Number(n.value());
            case Expression.Name n -> name(n, context);
            case Expression.Field f -> field(f, context);
            case Expression.Call c -> call(c, context);
            case Expression.Mapping m -> context.error(DiagnosticKind.MISPLACED_MAPPING, m.span());
            case Expression.Negation n -> Operators.negate(n, resolve(n.operand(), context), context);
            case Expression.Binary b -> binary(b, context);
            case Expression.Index i -> index(i, context);
            case Expression.Slice s -> Operators.slice(s, resolve(s.operand(), context), context);
            case Expression.Vector v -> vector(v, context);
            case Expression.Missing _ -> new Term.Invalid();
        };
    }

    private static Term vector(Expression.Vector vector, Context context) {
        List<Double> values = new ArrayList<>();
        for (Expression element : vector.elements()) {
            OptionalDouble value = ConstantEvaluator.value(element, context);
            if (value.isEmpty()) {
                return new Term.Invalid();
            }
            values.add(value.getAsDouble());
        }
        return new Term.Vector(values);
    }

    private Term name(Expression.Name name, Context context) {
        String text = name.primed() ? name.identifier() + "'" : name.identifier();
        Term term = context.names().get(text);
        if (term != null) {
            if (term instanceof Term.Input input) {
                instances.markRead(input.name());
            }
            return term;
        }
        if (name.primed()) {
            return context.place() == Context.Place.CELL
                    ? context.error(DiagnosticKind.NOT_PRIMED_STATE, name.span(), name.identifier())
                    : context.error(DiagnosticKind.PRIME_OUTSIDE_CELL, name.span(), name.identifier());
        }
        Double constant = context.constants().get(text);
        if (constant != null) {
            return new Term.Number(constant);
        }
        Optional<Definitions.Found> definition = context.definitions().find(text);
        if (definition.isPresent()) {
            String kind = definition.get().definition() instanceof Definition.Cell ? "cell" : "function";
            return context.error(DiagnosticKind.NOT_A_VALUE, name.span(), text, kind);
        }
        if (Primitive.named(text).isPresent()) {
            return context.error(DiagnosticKind.NOT_A_VALUE, name.span(), text, "function");
        }
        List<String> known = new ArrayList<>(context.names().keySet());
        known.addAll(context.constants().keySet());
        return context.error(DiagnosticKind.UNKNOWN_NAME, name.span(), Suggestions.hint(text, known), text);
    }

    private Term field(Expression.Field field, Context context) {
        Term operand = resolve(field.operand(), context);
        return switch (Terms.behindVariables(operand)) {
            case Term.Invalid invalid -> invalid;
            case Term.Directions both ->
                switch (field.name()) {
                    case "forward" -> both.forward();
                    case "backward" -> both.backward();
                    default -> bothStates(field, both, context);
                };
            case Term.CellState s -> state(field, s.recurrence(), context);
            case Term.CellOutput o -> state(field, o.recurrence(), context);
            default -> {
                String text = "'" + Context.shorten(field.operand().span().text()) + "'";
                yield context.error(DiagnosticKind.NOT_A_CELL, field.span(), "'." + field.name() + "'", text);
            }
        };
    }

    private static Term bothStates(Expression.Field field, Term.Directions both, Context context) {
        Term forward = state(field, recurrence(both.forward()), context);
        return forward instanceof Term.Invalid
                ? forward
                : new Term.Directions(forward, state(field, recurrence(both.backward()), context));
    }

    private static Recurrence recurrence(Term direction) {
        return direction instanceof Term.CellState state
                ? state.recurrence()
                : ((Term.CellOutput) direction).recurrence();
    }

    private static Term state(Expression.Field field, Recurrence recurrence, Context context) {
        int index = recurrence.indexOf(field.name());
        if (recurrence.states().isEmpty()) {
            String text = "'" + Context.shorten(field.operand().span().text()) + "'";
            return context.error(DiagnosticKind.NOT_A_CELL, field.span(), "'." + field.name() + "'", text);
        }
        if (index < 0) {
            List<String> states =
                    recurrence.states().stream().map(Recurrence.State::name).toList();
            Optional<String> hint = Suggestions.hint(field.name(), states)
                    .or(() -> Optional.of("the states are " + String.join(", ", states)));
            return context.error(
                    DiagnosticKind.UNKNOWN_STATE,
                    field.span(),
                    hint,
                    field.operand().span().text(),
                    field.name());
        }
        return new Term.CellState(recurrence, index);
    }

    private Term binary(Expression.Binary binary, Context context) {
        Term left = resolve(binary.left(), context);
        if (binary.operator() == Expression.Operator.POWER) {
            return Operators.power(binary, left, resolve(binary.right(), context), context);
        }
        return Operators.binary(binary, left, resolve(binary.right(), context), context);
    }

    private Term index(Expression.Index index, Context context) {
        Term operand = resolve(index.operand(), context);
        Term at = resolve(index.index(), context);
        return Operators.index(index, operand, at, context);
    }

    private Term call(Expression.Call call, Context context) {
        Optional<Definitions.Found> found = context.definitions().find(call.function());
        if (found.isPresent()) {
            if (!instances.countCall(call.functionSpan(), context)) {
                return new Term.Invalid();
            }
            Definition definition = found.get().definition();
            boolean active = context.calls().stream().anyMatch(c -> c.definition() == definition);
            if (active) {
                return context.error(DiagnosticKind.RECURSIVE, call.functionSpan(), call.function());
            }
            if (context.calls().size() > 100) {
                return context.error(DiagnosticKind.TOO_LARGE, call.functionSpan(), "calls are nested too deeply");
            }
            return switch (definition) {
                case Definition.Function f -> functions.call(call, f, found.get(), context);
                case Definition.Cell c -> cells.call(call, c, found.get(), Direction.FORWARD, context);
                case Definition.Import _, Definition.Constant _, Definition.Model _ ->
                    context.error(DiagnosticKind.NOT_A_FUNCTION, call.functionSpan(), call.function());
            };
        }
        if (Intrinsics.isKnown(call.function())) {
            return switch (call.function()) {
                case "bidirectional" -> cells.directed(call, Direction.BOTH, context);
                case "backward" -> cells.directed(call, Direction.BACKWARD, context);
                case "share" -> cells.share(call, context);
                case "previous" -> sequences.previous(call, context);
                case "attention" -> sequences.attention(call, context);
                case "attend" -> sequences.attend(call, context);
                default -> intrinsics.call(call, context);
            };
        }
        // The arguments may hold more errors.
        call.arguments().stream()
                .filter(a -> !(a.value() instanceof Expression.Mapping))
                .forEach(a -> resolve(a.value(), context));
        if (context.names().containsKey(call.function())) {
            return context.error(DiagnosticKind.NOT_A_FUNCTION, call.functionSpan(), call.function());
        }
        return context.error(
                DiagnosticKind.UNKNOWN_FUNCTION,
                call.functionSpan(),
                Suggestions.hint(call.function(), context.definitions().callable()),
                call.function());
    }

    /** A constant argument of a call. */
    static OptionalDouble constant(Expression value, Context context) {
        return ConstantEvaluator.value(value, context);
    }
}
