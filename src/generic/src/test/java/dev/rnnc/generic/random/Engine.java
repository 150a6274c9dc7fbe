package dev.rnnc.generic.random;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.RemoveDropout;
import dev.rnnc.generic.GenericEngine;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the generic engine makes of a model in double: its graph as it is built, and the gradient as it is derived, before
 * any pass.
 */
final class Engine {
    private Engine() {}

    /**
     * All results by the names that {@link Run} gives them.
     *
     * @param most steps of the longest run
     * @param dropout whether it is there, as in training
     */
    static Map<String, double[]> run(Model model, Given given, int most, boolean dropout) {
        BuildOptions options = BuildOptions.of(model)
                .withSteps(most)
                .withLengths(!given.lengths().isEmpty());
        Graph graph = BuildGraph.build(model, options);
        if (model.loss().isPresent()) {
            Set<String> read = leaves(graph);
            Set<String> inputs = model.spec().ports(Role.INPUT).stream()
                    .filter(p -> p.element() == Element.REAL && read.contains(p.name()))
                    .map(PortSpec::name)
                    .collect(Collectors.toSet());
            graph = Differentiate.gradients(graph, inputs);
        }
        graph = dropout ? graph : RemoveDropout.apply(graph);
        GraphVerifier.verify(graph);
        GenericEngine engine = new GenericEngine(graph, given.steps(), given.batch());
        Set<String> read = leaves(graph);
        for (Value value : graph.values()) {
            switch (value.op()) {
                case Op.Parameter leaf ->
                    engine.parameter(leaf.name(), given.reals().get(leaf.name()));
                case Op.State leaf -> engine.state(leaf.name(), given.reals().get(leaf.name()));
                default -> {}
            }
        }
        given.tokens().forEach((name, tokens) -> {
            if (read.contains(name)) {
                engine.bindTokens(name, tokens);
            }
        });
        given.lengths().forEach((name, lengths) -> {
            if (read.contains(name + Model.LENGTHS)) {
                engine.bindTokens(name + Model.LENGTHS, lengths);
            }
        });
        read.stream()
                .filter(name -> given.reals().containsKey(name))
                .forEach(name -> engine.bind(name, given.reals().get(name)));
        engine.seed(Run.SEED);
        engine.run();
        return results(graph, engine);
    }

    private static Map<String, double[]> results(Graph graph, GenericEngine engine) {
        Map<String, double[]> results = new TreeMap<>();
        for (Graph.Root root : graph.roots()) {
            String name = root.name();
            if (root.kind() == RootKind.GRADIENT) {
                name = Run.GRADIENT + name;
            } else if (root.kind() == RootKind.INPUT_GRADIENT) {
                name = Run.INPUT_GRADIENT + name;
            }
            results.put(name, engine.result(root.kind(), root.name()));
        }
        return results;
    }

    /** The names of the inputs that a graph reads. */
    private static Set<String> leaves(Graph graph) {
        return graph.values().stream()
                .map(Value::op)
                .filter(Op.Input.class::isInstance)
                .map(op -> ((Op.Input) op).name())
                .collect(Collectors.toSet());
    }
}
