package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.model.Primitive;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.model.Terms;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The functions that are part of the language rather than written in it. */
final class Intrinsics {
    /** Functions with a rule of their own, with the number of their arguments; -1 for any. */
    private static final Map<String, Integer> SPECIAL = Map.ofEntries(
            Map.entry("sum", 1),
            Map.entry("mean", 1),
            Map.entry("concat", -1),
            Map.entry("split", 2),
            Map.entry("pick", 2),
            Map.entry("lookup", 2),
            Map.entry("one_hot", 1),
            Map.entry("dropout", 2),
            Map.entry("first", 1),
            Map.entry("last", 1),
            Map.entry("final", 1),
            Map.entry("bidirectional", 1),
            Map.entry("backward", 1),
            Map.entry("share", -1),
            Map.entry("previous", 1),
            Map.entry("attention", 2),
            Map.entry("attend", 2));

    /** Constructs of the language that this compiler does not know yet. */
    private static final List<String> LATER = List.of("transpose");

    private final TermResolver terms;
    private final Instances instances;

    Intrinsics(TermResolver terms, Instances instances) {
        this.terms = terms;
        this.instances = instances;
    }

    static List<String> names() {
        return Stream.concat(
                        Arrays.stream(Primitive.values())
                                .filter(Primitive::named)
                                .map(Primitive::symbol),
                        SPECIAL.keySet().stream())
                .toList();
    }

    static boolean isKnown(String name) {
        return SPECIAL.containsKey(name)
                || LATER.contains(name)
                || Primitive.named(name).isPresent();
    }

    /** The names in an expression that are words of a call's option, as in {@code dropout(h, 0.2, mask: sequence)}. */
    static Set<Expression> words(Expression whole) {
        Set<Expression> words = Collections.newSetFromMap(new IdentityHashMap<>());
        Expressions.walk(whole, e -> {
            if (e instanceof Expression.Call call && call.function().equals("dropout")) {
                call.arguments().stream()
                        .filter(a -> a.name().equals(Optional.of(Dropouts.MASK)))
                        .forEach(a -> words.add(a.value()));
            }
        });
        return words;
    }

    Term call(Expression.Call call, Context context) {
        String name = call.function();
        if (LATER.contains(name)) {
            return context.error(DiagnosticKind.NOT_SUPPORTED, call.functionSpan(), "'" + name + "(...)'");
        }
        if (name.equals("dropout")) {
            return Dropouts.resolve(call, terms, instances, context);
        }
        if (!positional(call, context)) {
            return new Term.Invalid();
        }
        Optional<Primitive> primitive = Primitive.named(name);
        boolean minMax = name.equals("min") || name.equals("max");
        int expected = primitive.map(Primitive::arity).orElseGet(() -> SPECIAL.get(name));
        int found = call.arguments().size();
        if (minMax ? found == 0 : expected >= 0 ? found != expected : found == 0) {
            String takes = minMax || expected < 0 ? "at least 1 argument" : CellSignature.count(expected, "argument");
            return context.error(DiagnosticKind.ARGUMENT_COUNT, call.functionSpan(), name, takes, found);
        }
        List<Expression> written =
                call.arguments().stream().map(Expression.Argument::value).toList();
        if (name.equals("split")) {
            return context.error(DiagnosticKind.SPLIT_MISPLACED, call.span());
        }
        List<Term> operands =
                written.stream().map(e -> terms.resolve(e, context)).toList();
        if (operands.stream().anyMatch(Term.Invalid.class::isInstance)) {
            return new Term.Invalid();
        }
        if (minMax) {
            return found == 1
                    ? fold(
                            name.equals("max") ? Term.FoldKind.MAXIMUM : Term.FoldKind.MINIMUM,
                            call,
                            operands.getFirst(),
                            context)
                    : chain(primitive.orElseThrow(), call, written, operands, context);
        }
        if (primitive.isPresent()) {
            return Operators.apply(primitive.get(), call, written, operands, context);
        }
        Term operand = operands.getFirst();
        return switch (name) {
            case "sum" -> fold(Term.FoldKind.SUM, call, operand, context);
            case "mean" -> fold(Term.FoldKind.MEAN, call, operand, context);
            case "concat" -> concat(call, written, operands, context);
            case "pick", "lookup" ->
                Operators.byToken(call, written.get(0), written.get(1), operand, operands.get(1), context);
            case "one_hot" ->
                operand.type().isToken()
                        ? new Term.OneHot(operand)
                        : context.error(
                                DiagnosticKind.NEEDS_TOKEN,
                                written.getFirst().span(),
                                Operators.text(written.getFirst()),
                                operand.type());
            case "first" -> step(call, operand, 0, context);
            case "last" -> step(call, operand, -1, context);
            case "final" -> finalState(call, operand, context);
            default -> throw new IllegalStateException("no rule for " + name);
        };
    }

    private static boolean positional(Expression.Call call, Context context) {
        for (Expression.Argument argument : call.arguments()) {
            if (argument.name().isPresent()) {
                context.error(
                        DiagnosticKind.UNKNOWN_ARGUMENT,
                        argument.span(),
                        call.function(),
                        argument.name().get());
                return false;
            }
        }
        return true;
    }

    private static Term chain(
            Primitive primitive, Expression.Call call, List<Expression> written, List<Term> operands, Context context) {
        Term result = operands.getFirst();
        for (int i = 1; i < operands.size() && !(result instanceof Term.Invalid); i++) {
            result = Operators.apply(
                    primitive,
                    call,
                    List.of(written.getFirst(), written.get(i)),
                    List.of(result, operands.get(i)),
                    context);
        }
        return result;
    }

    private static Term fold(Term.FoldKind kind, Expression.Call call, Term operand, Context context) {
        Expression written = call.arguments().getFirst().value();
        if (!Operators.real(written, operand, context)) {
            return new Term.Invalid();
        }
        TermType type = operand.type();
        switch (context.axis()) {
            case FEATURES -> {
                if (!type.isScalar() && !Operators.vector(written, operand, context)) {
                    return new Term.Invalid();
                }
            }
            case TIME -> {
                if (type.rows() != Rows.SEQUENCE) {
                    return needsSequence(call, written, context);
                }
            }
            case ALL -> {
                if (kind == Term.FoldKind.MAXIMUM || kind == Term.FoldKind.MINIMUM) {
                    return context.error(
                            DiagnosticKind.NOT_SUPPORTED,
                            call.span(),
                            Optional.of("a function that is not a loss folds the features of each row"),
                            "'" + call.function() + "' over everything");
                }
                if (!type.isScalar() && !Operators.vector(written, operand, context)) {
                    return new Term.Invalid();
                }
            }
        }
        return new Term.Fold(kind, context.axis(), operand);
    }

    private static Term needsSequence(Expression.Call call, Expression written, Context context) {
        Optional<String> hint = context.axis() == Term.Axis.TIME
                        && !call.function().equals("last")
                        && !call.function().equals("first")
                ? Optional.of("in layers and outputs '" + call.function()
                        + "' runs along the time steps; to run along the features write a function")
                : Optional.empty();
        return context.error(
                DiagnosticKind.NEEDS_SEQUENCE, call.span(), hint, call.function(), "'" + Operators.text(written) + "'");
    }

    private static Term concat(Expression.Call call, List<Expression> written, List<Term> operands, Context context) {
        int size = 0;
        Rows rows = Rows.NONE;
        for (int i = 0; i < operands.size(); i++) {
            if (!Operators.vector(written.get(i), operands.get(i), context)) {
                return new Term.Invalid();
            }
            TermType type = operands.get(i).type();
            rows = type.rows().compareTo(rows) > 0 ? type.rows() : rows;
            if ((long) size + type.shape().getFirst() > ConstantEvaluator.MOST_ELEMENTS) {
                return context.error(
                        DiagnosticKind.SIZE_OVERFLOW,
                        call.span(),
                        Operators.text(call),
                        (long) size + type.shape().getFirst());
            }
            size += type.shape().getFirst();
        }
        return new Term.Concat(operands, TermType.real(rows, List.of(size)));
    }

    private Term step(Expression.Call call, Term operand, int index, Context context) {
        if (operand.type().rows() == Rows.SEQUENCE && instances.scanning()) {
            return context.error(
                    DiagnosticKind.NOT_SUPPORTED,
                    call.span(),
                    Optional.of("call it outside and give its result to the cell as another input"),
                    "'" + call.function() + "' within a cell that runs step by step");
        }
        return operand.type().rows() == Rows.SEQUENCE
                ? new Term.Step(operand, index)
                : needsSequence(call, call.arguments().getFirst().value(), context);
    }

    private static Term finalState(Expression.Call call, Term operand, Context context) {
        Expression written = call.arguments().getFirst().value();
        return switch (Terms.behindVariables(operand)) {
            case Term.CellState state -> new Term.FinalState(state.recurrence(), state.index());
            case Term.Directions both -> {
                Term forward = finalState(call, both.forward(), context);
                yield forward instanceof Term.Invalid
                        ? forward
                        : new Term.Directions(forward, finalState(call, both.backward(), context));
            }
            case Term.CellOutput output
            when !output.recurrence().states().isEmpty() -> {
                Recurrence r = output.recurrence();
                String states = r.states().stream().map(Recurrence.State::name).collect(Collectors.joining(", "));
                yield context.error(
                        DiagnosticKind.NOT_A_STATE,
                        call.span(),
                        Optional.of("the states are " + states),
                        r.cell(),
                        Operators.text(written),
                        r.states().getFirst().name());
            }
            default ->
                context.error(DiagnosticKind.NOT_A_CELL, call.span(), "'final'", "'" + Operators.text(written) + "'");
        };
    }
}
