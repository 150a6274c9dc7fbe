package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Appends to a forward graph the gradient of its loss, by one reverse walk over its values.
 *
 * <p>Before: a graph with a root {@link RootKind#LOSS}. After: the same roots, a root {@link RootKind#GRADIENT} for
 * every parameter of the graph and a root {@link RootKind#INPUT_GRADIENT} for each input asked for; a gradient of
 * something the loss does not depend on is zeros.
 */
public final class Differentiate {
    private Differentiate() {}

    /**
     * The forward graph with its gradients.
     *
     * @param inputs names of the real-valued inputs whose gradients are wanted
     * @throws IllegalArgumentException if there is no loss of type {@code real[]}, or a name is not a real-valued input
     * @throws UnsupportedOperationException if a scan stands in the body of another, or carries a value without a
     *     batch axis that the gradient needs
     */
    public static Graph gradients(Graph forward, Set<String> inputs) {
        return gradients(forward, inputs, WatchedStates.none());
    }

    /**
     * The same, and a root {@link RootKind#STATE_GRADIENT} for every root {@link RootKind#STATE}: the gradient of the loss
     * with respect to that state after every step, through all that reads it in this step and in those after it.
     */
    public static Graph withStates(Graph forward, Set<String> inputs) {
        return gradients(forward, inputs, WatchedStates.of(forward));
    }

    private static Graph gradients(Graph forward, Set<String> inputs, WatchedStates states) {
        Value loss = loss(forward);
        Map<String, List<Value>> parameters = new LinkedHashMap<>();
        Map<String, List<Value>> wantedInputs = new LinkedHashMap<>();
        for (Value v : forward.values()) {
            if (v.op() instanceof Op.Parameter p) {
                parameters.computeIfAbsent(p.name(), _ -> new ArrayList<>()).add(v);
            } else if (v.op() instanceof Op.Input i
                    && inputs.contains(i.name())
                    && v.type().element() == Element.REAL) {
                wantedInputs.computeIfAbsent(i.name(), _ -> new ArrayList<>()).add(v);
            }
        }
        if (!wantedInputs.keySet().containsAll(inputs)) {
            Set<String> unknown = new TreeSet<>(inputs);
            unknown.removeAll(wantedInputs.keySet());
            throw new IllegalArgumentException("not real-valued inputs of the graph: " + unknown);
        }

        Activity activity = Activity.of(
                forward,
                v -> v.op() instanceof Op.Parameter
                        || v.op() instanceof Op.Input i && wantedInputs.containsKey(i.name()));
        GraphBuilder builder = new GraphBuilder(forward);
        Adjoints adjoints = new Adjoints(builder, activity.values());
        ScanRule scans = new ScanRule(builder, adjoints, activity, states);
        Map<Value, Value> leaves = walk(forward, loss, builder, adjoints, scans);

        List<Root> roots = new ArrayList<>(forward.roots());
        parameters.forEach(
                (name, values) -> roots.add(new Root(RootKind.GRADIENT, name, sum(values, leaves, builder, adjoints))));
        wantedInputs.forEach((name, values) ->
                roots.add(new Root(RootKind.INPUT_GRADIENT, name, sum(values, leaves, builder, adjoints))));
        roots.addAll(states.roots(builder));
        return scans.replaceExtended(builder.graph(roots));
    }

    private static Map<Value, Value> walk(
            Graph forward, Value loss, GraphBuilder builder, Adjoints adjoints, ScanRule scans) {
        Rules rules = new Rules(builder, adjoints, v -> v);
        Map<Value, Value> leaves = new IdentityHashMap<>();
        if (adjoints.wants(loss)) {
            adjoints.add(loss, builder.constant(1));
        }
        for (Value v : forward.values().reversed()) {
            if (v.op() instanceof Op.Scan) {
                scans.scan(v); // a scan has no gradient of its own, its results have
                continue;
            }
            Optional<Value> gradient = adjoints.take(v);
            if (gradient.isPresent()) {
                switch (v.op()) {
                    case Op.Result _ -> scans.result(v, gradient.get());
                    case Op.Parameter _, Op.Input _ -> leaves.put(v, gradient.get());
                    default -> rules.apply(v, gradient.get());
                }
            }
        }
        return leaves;
    }

    /** The gradient of a name: the sum over the leaves that stand for it. */
    private static Value sum(List<Value> values, Map<Value, Value> gradients, GraphBuilder builder, Adjoints adjoints) {
        Value first = values.getFirst();
        return values.stream()
                .filter(gradients::containsKey)
                .map(gradients::get)
                .reduce((a, b) -> builder.map(Function.ADD, Adjoints.origin(first, first), a, b))
                .orElseGet(() -> adjoints.zeros(first.type(), Adjoints.origin(first, first)));
    }

    private static Value loss(Graph forward) {
        List<Value> losses = forward.roots().stream()
                .filter(r -> r.kind() == RootKind.LOSS)
                .map(Root::value)
                .toList();
        if (losses.size() != 1 || !losses.getFirst().type().equals(Type.real(Rows.NONE))) {
            throw new IllegalArgumentException("a gradient needs one loss of type real[], not "
                    + losses.stream().map(Value::type).toList());
        }
        return losses.getFirst();
    }
}
