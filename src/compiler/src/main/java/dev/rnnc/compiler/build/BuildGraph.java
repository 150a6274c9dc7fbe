package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.model.Variables;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Builds the step graph of a model: the straightforward translation of its equations, with all roots. Each recurrence
 * becomes one {@link Op.Scan}; nothing is optimised here.
 */
public final class BuildGraph {
    private final Model model;
    private final GraphBuilder graph = new GraphBuilder();
    private final Map<String, Value> leaves = new HashMap<>();
    private final Map<Recurrence, BuiltScan> scans = new IdentityHashMap<>();
    private final Map<Recurrence, Set<Integer>> collected = new IdentityHashMap<>();
    private final Lengths lengths;
    private final TermBuilder terms;
    private final BuildOptions options;

    private BuildGraph(Model model, BuildOptions options) {
        this.model = model;
        this.options = options;
        this.lengths = new Lengths(graph, options.lengths());
        this.terms = new TermBuilder(graph, this::leaf, lengths, options.steps());
    }

    /** The graph: an output, layer, state or loss root for each of the model's. */
    public static Graph build(Model model) {
        return build(model, BuildOptions.of(model));
    }

    /** The graph for these options. */
    public static Graph build(Model model, BuildOptions options) {
        return new BuildGraph(model, options).build();
    }

    private Graph build() {
        findCollected();
        for (Recurrence recurrence : model.recurrences()) {
            scans.put(
                    recurrence,
                    ScanBuilder.build(
                            recurrence,
                            collected.getOrDefault(recurrence, Set.of()),
                            graph,
                            terms,
                            lengths,
                            this::parameter));
        }
        List<Root> roots = new ArrayList<>();
        for (Model.Binding binding : model.bindings()) {
            RootKind kind = binding.output() ? RootKind.OUTPUT : RootKind.LAYER;
            roots.add(new Root(kind, binding.name(), shown(terms.build(binding.variable()))));
        }
        for (Recurrence recurrence : model.recurrences()) {
            for (int i = 0; i < recurrence.states().size(); i++) {
                roots.add(new Root(
                        RootKind.STATE,
                        recurrence.stateName(i),
                        scans.get(recurrence).finalState(i)));
            }
        }
        model.loss().ifPresent(loss -> roots.add(new Root(RootKind.LOSS, "loss", terms.build(loss))));
        return graph.graph(roots);
    }

    /** A result as the user sees it: zero at padded steps. */
    private Value shown(Value value) {
        return value.type().rows() == Rows.SEQUENCE ? lengths.zeroed(value) : value;
    }

    /** Notes which results of recurrences are read as sequences: -1 for the result, else a state's index. */
    private void findCollected() {
        List<Term> roots = new ArrayList<>();
        model.bindings().forEach(b -> roots.add(new Term.Use(b.variable())));
        model.loss().ifPresent(l -> roots.add(new Term.Use(l)));
        for (Recurrence recurrence : model.recurrences()) {
            recurrence.inputs().forEach(i -> roots.add(i.term()));
            recurrence.states().forEach(s -> s.initial().ifPresent(roots::add));
        }
        roots.forEach(this::noteCollected);
        for (Variable variable : Variables.inOrder(roots)) {
            noteCollected(variable.term());
        }
    }

    private void noteCollected(Term root) {
        Variables.walk(root, term -> {
            if (term instanceof Term.CellState state) {
                collected
                        .computeIfAbsent(state.recurrence(), r -> new HashSet<>())
                        .add(state.index());
            } else if (term instanceof Term.CellOutput output) {
                collected
                        .computeIfAbsent(output.recurrence(), r -> new HashSet<>())
                        .add(BuiltScan.RESULT);
            }
        });
    }

    private Value leaf(Term term) {
        return switch (term) {
            case Term.Input input ->
                leaves.computeIfAbsent(input.name(), n -> {
                    Value given =
                            graph.leaf(new Op.Input(n), TermBuilder.type(input.type()), TermBuilder.origin("", n));
                    // Whatever stands in the padding of real numbers, the model sees zeros.
                    return input.type().isToken() ? given : shown(given);
                });
            case Term.Previous previous -> previous(previous);
            case Term.Parameter parameter -> parameter(parameter);
            case Term.CellState state -> scans.get(state.recurrence()).sequence(state.index());
            case Term.CellOutput output -> scans.get(output.recurrence()).sequence(BuiltScan.RESULT);
            case Term.FinalState state -> scans.get(state.recurrence()).finalState(state.index());
            default -> throw new IllegalStateException("outside of a recurrence there is no " + term);
        };
    }

    private Value previous(Term.Previous previous) {
        Value sequence = leaf(previous.of());
        if (options.generating()) {
            return sequence;
        }
        Origin origin = TermBuilder.origin("", "previous_" + previous.of().name());
        Type start = sequence.type().withRows(Rows.NONE);
        Value first = previous.type().isToken()
                ? graph.leaf(new Op.TokenConstant((int) previous.start()), start, origin)
                : graph.expand(graph.constant(previous.start()), start, origin);
        return graph.apply(new Op.Shift(false), origin, sequence, first);
    }

    private Value parameter(Term.Parameter parameter) {
        return leaves.computeIfAbsent(
                parameter.name(),
                n -> graph.leaf(
                        new Op.Parameter(n),
                        TermBuilder.type(parameter.type().withRows(Rows.NONE)),
                        new Origin("", n, "", line(n))));
    }

    /** The line of the layer that a parameter belongs to, 0 where it is part of another statement. */
    private int line(String parameter) {
        String layer = parameter.substring(0, Math.max(0, parameter.indexOf('.')));
        return model.bindings().stream()
                .filter(binding -> binding.name().equals(layer))
                .mapToInt(binding -> binding.variable().line())
                .findFirst()
                .orElse(0);
    }
}
