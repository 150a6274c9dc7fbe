package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.DiagnosticKind;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.TermType;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expressions;
import dev.rnnc.compiler.syntax.Name;
import dev.rnnc.runtime.spec.Initializer;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the calls of a model bring about: parameters, recurrences, dropout sites; and how much of it there may be. */
final class Instances {
    /** Calls of functions and cells in one model, those within library code included. */
    private static final int MAX_CALLS = 50_000;

    private final Map<String, DeclaredParameter> parameters = new LinkedHashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private final List<Recurrence> recurrences = new ArrayList<>();
    private final Set<String> inputsRead = new HashSet<>();
    private final Map<String, CellCalls.Made> made = new HashMap<>();
    private final Set<String> shareable = new HashSet<>();
    private final Map<String, Term.Input> ports = new HashMap<>();
    private final Map<String, Model.Feedback> feedback = new LinkedHashMap<>();
    private int dropouts;
    private boolean scanning;
    private int calls;
    private long elements;

    /** A parameter before it has its place in the flat array. */
    record DeclaredParameter(String name, List<Integer> shape, Initializer initializer, Optional<String> alias) {}

    List<DeclaredParameter> parameters() {
        return List.copyOf(parameters.values());
    }

    List<Recurrence> recurrences() {
        return recurrences;
    }

    void add(Recurrence recurrence) {
        recurrences.add(recurrence);
    }

    /** Whether the equations of a cell that runs step by step are being resolved: sequences in these are whole ones. */
    boolean scanning() {
        return scanning;
    }

    void scanning(boolean now) {
        scanning = now;
    }

    /** A new random stream. */
    int nextDropout() {
        return dropouts++;
    }

    void markRead(String input) {
        inputsRead.add(input);
    }

    boolean isRead(String input) {
        return inputsRead.contains(input);
    }

    /** Notes an input or target. */
    void addPort(Term.Input port) {
        ports.put(port.name(), port);
    }

    /** The input or target of that name. */
    Optional<Term.Input> port(String name) {
        return Optional.ofNullable(ports.get(name));
    }

    /** Notes that {@code previous} reads a port; returns the start another call has given it. */
    Optional<Double> addFeedback(String port, double start) {
        Model.Feedback other = feedback.putIfAbsent(port, new Model.Feedback(port, start));
        return Optional.ofNullable(other).map(Model.Feedback::start);
    }

    List<Model.Feedback> feedback() {
        return List.copyOf(feedback.values());
    }

    /** Notes what a call of a cell made. */
    void note(String instance, CellCalls.Made call) {
        made.put(instance, call);
    }

    /** Notes that a layer is one call of a cell and nothing else. */
    void markShareable(String layer) {
        shareable.add(layer);
    }

    /** The call that a layer is. */
    Optional<CellCalls.Made> made(String layer) {
        return shareable.contains(layer) ? Optional.ofNullable(made.get(layer)) : Optional.empty();
    }

    /** Counts a call; false, after reporting, when there are too many. */
    boolean countCall(Span span, Context context) {
        calls++;
        if (calls == MAX_CALLS + 1) {
            context.error(DiagnosticKind.TOO_LARGE, span, "more than " + MAX_CALLS + " calls");
        }
        return calls <= MAX_CALLS;
    }

    /** The parameter of another instance. */
    Term shared(String name) {
        return new Term.Parameter(
                name, TermType.real(Rows.NONE, parameters.get(name).shape()));
    }

    /** Declares a parameter. */
    Term parameter(
            String name,
            List<Integer> shape,
            Initializer initializer,
            Optional<Name> alias,
            Span span,
            Context context) {
        long before = elements;
        elements += shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
        if (elements > ConstantEvaluator.MOST_ELEMENTS && before <= ConstantEvaluator.MOST_ELEMENTS) {
            context.error(
                    DiagnosticKind.TOO_LARGE,
                    span,
                    "its parameters have more than " + ConstantEvaluator.MOST_ELEMENTS + " elements");
        }
        if (alias.isPresent()) {
            String other = aliases.putIfAbsent(alias.get().text(), name);
            if (other != null) {
                context.error(
                        DiagnosticKind.DUPLICATE_ALIAS,
                        alias.get().span(),
                        alias.get().text(),
                        other);
            }
        }
        parameters.put(name, new DeclaredParameter(name, shape, initializer, alias.map(Name::text)));
        return new Term.Parameter(name, TermType.real(Rows.NONE, shape));
    }

    /**
     * Names the cell calls of one statement in the order of the text. The first carries {@code first} where that is
     * given; each other one {@code owner.CELL}, with a number from the second of a cell on. What the first calls in its own
     * equations has such names already.
     */
    static Map<Expression.Call, String> nameCells(
            List<Expression> values, Definitions definitions, String owner, Optional<String> first) {
        Map<Expression.Call, String> names = new IdentityHashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        boolean[] firstTaken = {first.isEmpty()};
        for (Expression value : values) {
            Expressions.walk(value, e -> {
                if (e instanceof Expression.Call call && isCell(call.function(), definitions)) {
                    if (!firstTaken[0]) {
                        firstTaken[0] = true;
                        names.put(call, first.get());
                        calledWithin(call, definitions)
                                .forEach((cell, times) -> counts.merge(cell, times, Integer::sum));
                    } else {
                        int count = counts.merge(call.function(), 1, Integer::sum);
                        names.put(call, owner + "." + call.function() + (count == 1 ? "" : String.valueOf(count)));
                    }
                }
            });
        }
        return names;
    }

    /** How often the equations of a called cell call each other cell. */
    private static Map<String, Integer> calledWithin(Expression.Call call, Definitions definitions) {
        Map<String, Integer> counts = new HashMap<>();
        definitions.find(call.function()).ifPresent(found -> {
            if (found.definition() instanceof Definition.Cell cell) {
                for (CellStatement statement : cell.statements()) {
                    if (statement instanceof CellStatement.Equation equation) {
                        Expressions.walk(equation.value(), e -> {
                            if (e instanceof Expression.Call inner && isCell(inner.function(), found.scope())) {
                                counts.merge(inner.function(), 1, Integer::sum);
                            }
                        });
                    }
                }
            }
        });
        return counts;
    }

    private static boolean isCell(String name, Definitions definitions) {
        return name.equals("share")
                || definitions
                        .find(name)
                        .filter(f -> f.definition() instanceof Definition.Cell)
                        .isPresent();
    }

    /** Whether an expression is one call of a cell, in whatever direction, and nothing else. */
    static boolean isCellCall(Expression value, Definitions definitions) {
        if (!(value instanceof Expression.Call call)) {
            return false;
        }
        boolean directed =
                call.function().equals("bidirectional") || call.function().equals("backward");
        return isCell(call.function(), definitions)
                || directed
                        && call.arguments().size() == 1
                        && isCellCall(call.arguments().getFirst().value(), definitions);
    }
}
