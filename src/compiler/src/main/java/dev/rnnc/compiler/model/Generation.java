package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a model continues from its own output. What depends on an output that is fed back is computed one step at a time;
 * all else, as an encoder, once, from the data.
 */
public final class Generation {
    private final Model model;
    private final List<Feed> feeds = new ArrayList<>();
    private final Set<String> fed;
    private final Set<Variable> stepwiseVariables = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Recurrence> stepwise = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Recurrence> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    private String obstacle;

    private Generation(Model model) {
        this.model = model;
        this.fed = fedBack(model).stream().map(Model.Feedback::name).collect(Collectors.toSet());
    }

    /**
     * An output that is fed back.
     *
     * @param port the target, or input, that {@code previous} reads: a sequence
     * @param output for tokens an output with a score for each; for real numbers one of the same shape
     * @param start what the first step reads: a token or a number
     */
    public record Feed(PortSpec port, PortSpec output, double start) {}

    /** How {@code model} generates, or why it cannot. */
    public static Generation of(Model model) {
        Generation generation = new Generation(model);
        generation.findFeeds();
        generation.markStepwise();
        if (generation.obstacle == null) {
            generation.visitNeeded();
        }
        return generation;
    }

    /** Why the model cannot generate step by step, as a sentence without its end; empty where it can. */
    public Optional<String> obstacle() {
        return Optional.ofNullable(obstacle);
    }

    /** What is fed back, in the order of the text. */
    public List<Feed> feeds() {
        return Collections.unmodifiableList(feeds);
    }

    /** Whether {@code previous} of that port reads the model's own output. */
    public boolean isFed(String port) {
        return fed.contains(port);
    }

    /** Whether the recurrence depends on what is fed back. */
    public boolean isStepwise(Recurrence recurrence) {
        return stepwise.contains(recurrence);
    }

    /** Whether an output that is fed back depends on the recurrence. */
    public boolean needs(Recurrence recurrence) {
        return needed.contains(recurrence);
    }

    /** Targets that {@code previous} reads; in a model without targets the inputs that it reads. */
    private static List<Model.Feedback> fedBack(Model model) {
        Set<String> targets =
                model.spec().ports(Role.TARGET).stream().map(PortSpec::name).collect(Collectors.toSet());
        return model.feedback().stream()
                .filter(f -> targets.isEmpty() || targets.contains(f.name()))
                .toList();
    }

    private void findFeeds() {
        Set<PortSpec> taken = new HashSet<>();
        for (Model.Feedback feedback : fedBack(model)) {
            PortSpec port = model.spec().ports().stream()
                    .filter(p ->
                            p.name().equals(feedback.name()) && (p.role() == Role.TARGET || p.role() == Role.INPUT))
                    .findFirst()
                    .orElseThrow();
            boolean token = port.element() == Element.TOKEN;
            List<Integer> shape = token ? List.of(port.vocabulary()) : port.shape();
            Optional<PortSpec> output = model.spec().ports(Role.OUTPUT).stream()
                    .filter(o -> o.element() == Element.REAL && o.rows() == Rows.SEQUENCE)
                    .filter(o -> o.shape().equals(shape) && taken.add(o))
                    .findFirst();
            if (output.isEmpty()) {
                obstacle = "none of its outputs holds %s for each step of '%s'"
                        .formatted(
                                token ? port.vocabulary() + " scores" : "real" + (shape.isEmpty() ? "" : shape),
                                port.name());
                return;
            }
            feeds.add(new Feed(port, output.get(), feedback.start()));
        }
        if (feeds.isEmpty()) {
            obstacle = "it reads no output of its own: no layer has previous(NAME) of a target";
        }
    }

    /** In the order of the text what a term reads is marked before the term. */
    private void markStepwise() {
        for (Recurrence recurrence : model.recurrences()) {
            List<Term> read = new ArrayList<>(
                    recurrence.inputs().stream().map(Recurrence.Input::term).toList());
            recurrence.states().forEach(s -> s.initial().ifPresent(read::add));
            markVariables(read);
            if (read.stream().anyMatch(this::isStepwise)) {
                stepwise.add(recurrence);
            }
        }
        markVariables(model.bindings().stream()
                .<Term>map(b -> new Term.Use(b.variable()))
                .toList());
    }

    private void markVariables(List<Term> roots) {
        for (Variable variable : Variables.inOrder(roots, stepwiseVariables::contains)) {
            if (isStepwise(variable.term())) {
                stepwiseVariables.add(variable);
            }
        }
    }

    private boolean isStepwise(Term root) {
        boolean[] found = {false};
        Variables.walk(
                root,
                term -> found[0] |= switch (term) {
                    case Term.Previous previous -> fed.contains(previous.of().name());
                    case Term.Use use -> stepwiseVariables.contains(use.variable());
                    case Term.CellOutput of -> stepwise.contains(of.recurrence());
                    case Term.CellState of -> stepwise.contains(of.recurrence());
                    case Term.FinalState of -> stepwise.contains(of.recurrence());
                    default -> false;
                });
        return found[0];
    }

    private void visitNeeded() {
        Set<String> outputs = feeds.stream().map(f -> f.output().name()).collect(Collectors.toSet());
        Deque<Term> open = new ArrayDeque<>();
        model.bindings().stream()
                .filter(b -> outputs.contains(b.name()))
                .forEach(b -> open.add(new Term.Use(b.variable())));
        Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        while (obstacle == null && !open.isEmpty()) {
            Term root = open.pop();
            List<Variable> variables = Variables.inOrder(List.of(root), seen::contains);
            seen.addAll(variables);
            Variables.walk(root, term -> look(term, open));
            variables.forEach(v -> Variables.walk(v.term(), term -> look(term, open)));
        }
    }

    private void look(Term term, Deque<Term> open) {
        switch (term) {
            case Term.Attention attention -> {
                if (isStepwise(attention.keys()) || isStepwise(attention.values())) {
                    obstacle = "its attention looks at all steps of what it generates";
                }
            }
            case Term.Attend attend -> {
                if (isStepwise(attend.scores()) || isStepwise(attend.values())) {
                    obstacle = "its attention looks at all steps of what it generates";
                }
            }
            case Term.Fold fold -> {
                if (fold.axis() != Term.Axis.FEATURES && isStepwise(fold.operand())) {
                    obstacle = "it takes a sum, mean, minimum or maximum over all steps of what it generates";
                }
            }
            case Term.Step step -> {
                if (isStepwise(step.operand())) {
                    obstacle = "it looks at the first or last step of what it generates";
                }
            }
            case Term.FinalState state -> {
                if (isStepwise(state)) {
                    obstacle = "it looks at the final state of '"
                            + state.recurrence().name() + "', which runs along what it generates";
                }
                enter(state.recurrence(), open);
            }
            case Term.Input input -> {
                if (fed.contains(input.name())) {
                    obstacle = "it reads '" + input.name() + "' itself besides previous(" + input.name() + ")";
                }
            }
            case Term.CellOutput of -> enter(of.recurrence(), open);
            case Term.CellState of -> enter(of.recurrence(), open);
            default -> {}
        }
    }

    private void enter(Recurrence recurrence, Deque<Term> open) {
        if (!needed.add(recurrence)) {
            return;
        }
        if (recurrence.backward() && stepwise.contains(recurrence)) {
            obstacle = "'" + recurrence.name() + "' runs backward, from the last step to the first";
        }
        for (Recurrence.Input input : recurrence.inputs()) {
            if (input.whole() && isStepwise(input.term())) {
                obstacle = "'" + recurrence.name() + "' reads all steps of its input '" + input.name()
                        + "', which is generated step by step";
            }
            open.add(input.term());
        }
        recurrence.states().forEach(state -> state.initial().ifPresent(open::add));
    }
}
