package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Variable;
import dev.rnnc.compiler.model.Variables;
import dev.rnnc.runtime.generate.Generator;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds the step graph of a model: the straightforward translation of its equations, with all roots. Each recurrence
 * becomes one {@link Op.Scan}; nothing is optimised here.
 */
public final class BuildGraph {
    private final Model model;
    private final GraphBuilder graph;
    /** Set in the graph of a generator. */
    private final Optional<Generation> generation;

    private final Map<String, Value> leaves = new HashMap<>();
    private final Map<Recurrence, BuiltRecurrence> scans = new IdentityHashMap<>();
    private final Map<Recurrence, Set<Integer>> collected = new IdentityHashMap<>();
    private final Lengths lengths;
    private final TermBuilder terms;
    private final BuildOptions options;

    private BuildGraph(Model model, BuildOptions options, GraphBuilder graph, Optional<Generation> generation) {
        this.model = model;
        this.graph = graph;
        this.generation = generation;
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
        return new BuildGraph(model, options, new GraphBuilder(), Optional.empty()).build();
    }

    /**
     * The graph of a program that continues from the model's own outputs.
     *
     * @param generation the model's, without an obstacle
     */
    public static BuiltGenerator generator(Model model, Generation generation, BuildOptions options) {
        GeneratorGraph graph = new GeneratorGraph();
        return new BuildGraph(model, options, graph, Optional.of(generation)).generator(generation, graph);
    }

    private BuiltGenerator generator(Generation of, GeneratorGraph steps) {
        findCollected();
        List<Root> roots = new ArrayList<>();
        for (Recurrence recurrence : model.recurrences()) {
            if (!of.needs(recurrence)) {
                continue;
            }
            if (!of.isStepwise(recurrence)) {
                scans.put(recurrence, scan(recurrence));
                continue;
            }
            BuiltStep step = StepBuilder.build(recurrence, steps, terms, lengths, options.steps(), this::parameter);
            scans.put(recurrence, step);
            for (int i = 0; i < recurrence.states().size(); i++) {
                String next = Generator.NEXT + recurrence.stateName(i);
                roots.add(new Root(RootKind.OUTPUT, next, step.states().get(i)));
            }
        }
        for (Generation.Feed feed : of.feeds()) {
            Model.Binding binding = model.bindings().stream()
                    .filter(b -> b.name().equals(feed.output().name()))
                    .findFirst()
                    .orElseThrow();
            Value output = steps.atStep(terms.build(binding.variable()));
            roots.add(new Root(RootKind.OUTPUT, binding.name(), output));
        }
        steps.encoded().forEach((name, value) -> roots.add(new Root(RootKind.LAYER, name, value)));
        return new BuiltGenerator(graph.graph(roots), steps.inputs());
    }

    private BuiltScan scan(Recurrence recurrence) {
        Set<Integer> read = collected.getOrDefault(recurrence, Set.of());
        return ScanBuilder.build(recurrence, read, graph, terms, lengths, options.steps(), this::parameter);
    }

    private Graph build() {
        findCollected();
        for (Recurrence recurrence : model.recurrences()) {
            scans.put(recurrence, scan(recurrence));
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
                        .add(BuiltRecurrence.RESULT);
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
            case Term.CellOutput output -> scans.get(output.recurrence()).sequence(BuiltRecurrence.RESULT);
            case Term.Dropout dropout ->
                graph.leaf(TermBuilder.mask(dropout), TermBuilder.constantMask(dropout), Origin.NONE);
            case Term.FinalState state -> scans.get(state.recurrence()).finalState(state.index());
            default -> throw new IllegalStateException("outside of a recurrence there is no " + term);
        };
    }

    private Value previous(Term.Previous previous) {
        String name = previous.of().name();
        if (graph instanceof GeneratorGraph steps && generation.orElseThrow().isFed(name)) {
            Type row = TermBuilder.type(previous.of().type()).withRows(Rows.BATCH);
            return leaves.computeIfAbsent(name, n -> steps.stepInput(n, row, TermBuilder.origin("", n)));
        }
        Value sequence = leaf(previous.of());
        if (options.generating()) {
            return sequence;
        }
        Origin origin = TermBuilder.origin("", "previous_" + name);
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
