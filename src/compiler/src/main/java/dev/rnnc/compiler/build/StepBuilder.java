package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Builds one step of a recurrence in the graph of a generator: its states are inputs of the step and results of it. */
final class StepBuilder {
    private final Recurrence recurrence;
    private final GeneratorGraph graph;
    private final TermBuilder outerTerms;
    private final Function<Term.Parameter, Value> parameters;
    private final TermBuilder terms;
    private final Lengths lengths;
    private final boolean readsWhole;
    private final Map<Integer, Value> states = new HashMap<>();

    private StepBuilder(
            Recurrence recurrence,
            GeneratorGraph graph,
            TermBuilder outerTerms,
            Lengths lengths,
            int steps,
            Function<Term.Parameter, Value> parameters) {
        this.recurrence = recurrence;
        this.graph = graph;
        this.outerTerms = outerTerms;
        this.parameters = parameters;
        this.terms = new TermBuilder(graph, this::leaf, lengths, steps);
        this.lengths = lengths;
        this.readsWhole = recurrence.inputs().stream().anyMatch(Recurrence.Input::whole);
    }

    /**
     * Adds the step to {@code graph}, and what its states start from.
     *
     * @param lengths of the sequences of that graph
     * @param steps the most time steps of the data
     */
    static BuiltStep build(
            Recurrence recurrence,
            GeneratorGraph graph,
            TermBuilder outerTerms,
            Lengths lengths,
            int steps,
            Function<Term.Parameter, Value> parameters) {
        return new StepBuilder(recurrence, graph, outerTerms, lengths, steps, parameters).build();
    }

    private BuiltStep build() {
        for (int i = 0; i < recurrence.states().size(); i++) {
            Recurrence.State state = recurrence.states().get(i);
            String name = recurrence.stateName(i);
            Type type = TermBuilder.type(state.type());
            states.put(i, graph.stepInput(name, type, origin(state.name())));
            state.initial()
                    .ifPresent(initial ->
                            graph.encode(name, graph.expand(outerTerms.build(initial), type, origin(state.name()))));
        }
        graph.keepWhole(readsWhole);
        for (Variable variable : recurrence.variables()) {
            terms.build(variable);
        }
        List<Value> next = new ArrayList<>();
        for (Recurrence.State state : recurrence.states()) {
            Value value = graph.atStep(terms.build(state.next()));
            next.add(graph.expand(value, TermBuilder.type(state.type()), origin(state.name() + "'")));
        }
        Value result = graph.atStep(terms.build(recurrence.result()));
        graph.keepWhole(false);
        return new BuiltStep(next, result);
    }

    private Origin origin(String name) {
        return new Origin(recurrence.name(), name, "", recurrence.line());
    }

    private Value leaf(Term term) {
        return switch (term) {
            case Term.StateBefore state -> states.get(state.index());
            case Term.StepInput input -> {
                Value value = read(input.index());
                // Beside whole sequences one that comes step by step is not told from them later.
                yield readsWhole ? graph.atStep(value) : value;
            }
            case Term.WholeInput input -> {
                Value value = read(input.index());
                yield input.type().isToken() ? value : lengths.zeroed(value);
            }
            case Term.Dropout dropout ->
                graph.leaf(TermBuilder.mask(dropout), TermBuilder.constantMask(dropout), Origin.NONE);
            case Term.Parameter parameter -> parameters.apply(parameter);
            default -> throw new IllegalStateException("within a recurrence there is no " + term);
        };
    }

    private Value read(int input) {
        graph.keepWhole(false);
        Value value = outerTerms.build(recurrence.inputs().get(input).term());
        graph.keepWhole(readsWhole);
        return value;
    }
}
