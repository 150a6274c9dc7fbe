package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cuts the graph of a generator in two: what depends on the inputs of a step is the program of one step; whatever else
 * that reads of the data is computed once, by another program, and handed over under a name.
 */
public final class SplitGenerator {
    private static final String ENCODED = "encoded.";

    private final Graph graph;
    private final Set<String> stepInputs;
    private final Set<Value> stepwise = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Value> ofData = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Value> copies = new IdentityHashMap<>();
    private final List<Root> encoded = new ArrayList<>();

    /**
     * The two programs.
     *
     * @param encoding what is computed once; its outputs have the names of inputs of {@code decoding}
     * @param decoding what is computed at each step
     */
    public record Programs(Graph encoding, Graph decoding) {}

    private SplitGenerator(Graph graph, Set<String> stepInputs) {
        this.graph = graph;
        this.stepInputs = stepInputs;
    }

    /**
     * Cuts the graph.
     *
     * @param graph with the roots of each step as outputs, and as layers those that are computed once
     * @param stepInputs the inputs of each step
     */
    public static Programs apply(Graph graph, Set<String> stepInputs) {
        return new SplitGenerator(graph, stepInputs).run();
    }

    private Programs run() {
        List<Root> results =
                graph.roots().stream().filter(r -> r.kind() == RootKind.OUTPUT).toList();
        graph.roots().stream()
                .filter(r -> r.kind() == RootKind.LAYER)
                .forEach(r -> encoded.add(new Root(RootKind.OUTPUT, r.name(), r.value())));
        Set<Value> live = live(results);
        for (Value value : graph.values()) {
            if (value.op() instanceof Op.Input(String name) && stepInputs.contains(name)
                    || value.operands().stream().anyMatch(stepwise::contains)) {
                stepwise.add(value);
            } else if (isOfData(value)) {
                ofData.add(value);
            }
        }
        GraphBuilder step = new GraphBuilder();
        Set<Value> read = Collections.newSetFromMap(new IdentityHashMap<>());
        results.forEach(r -> read.add(r.value()));
        graph.values().stream()
                .filter(v -> stepwise.contains(v) && live.contains(v))
                .forEach(v -> read.addAll(v.operands()));
        for (Value value : graph.values()) {
            boolean kept = live.contains(value) && !ofData.contains(value);
            if (kept) {
                List<Value> operands =
                        value.operands().stream().map(copies::get).toList();
                copies.put(value, step.add(value.op(), operands, value.type(), value.origin()));
            } else if (read.contains(value) && live.contains(value)) {
                String name = ENCODED + encoded.size();
                encoded.add(new Root(RootKind.OUTPUT, name, value));
                copies.put(value, step.leaf(new Op.Input(name), value.type(), value.origin()));
            }
        }
        Graph decoding = step.graph(results.stream()
                .map(r -> new Root(r.kind(), r.name(), copies.get(r.value())))
                .toList());
        return new Programs(new Graph(graph.values(), encoded), decoding);
    }

    private Set<Value> live(List<Root> results) {
        Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
        results.forEach(r -> live.add(r.value()));
        for (Value value : graph.values().reversed()) {
            if (live.contains(value)) {
                live.addAll(value.operands());
            }
        }
        return live;
    }

    /** Whether a value without anything of a step needs the data, or the steps of a run, and not parameters alone. */
    private boolean isOfData(Value value) {
        return value.type().rows() == Rows.SEQUENCE
                || value.op() instanceof Op.Input
                || value.op() instanceof Op.State
                || value.op() instanceof Op.Scan
                || value.operands().stream().anyMatch(ofData::contains);
    }
}
