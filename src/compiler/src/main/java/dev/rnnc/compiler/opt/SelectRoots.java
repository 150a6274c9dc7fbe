package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.Set;

/** Keeps the roots of some kinds: what one program computes. Values that only other roots need fall to dead code. */
public final class SelectRoots {
    private SelectRoots() {}

    /** {@code graph} with the roots of {@code kinds}. */
    public static Graph apply(Graph graph, Set<RootKind> kinds) {
        return new Graph(
                graph.values(),
                graph.roots().stream().filter(r -> kinds.contains(r.kind())).toList());
    }

    /** {@code graph} without the roots that depend on one of {@code leaves}, such as states of a loss. */
    public static Graph without(Graph graph, Set<Op> leaves) {
        Set<Value> dependent = Dependence.on(graph.values(), v -> leaves.contains(v.op()));
        return new Graph(
                graph.values(),
                graph.roots().stream()
                        .filter(r -> !dependent.contains(r.value()))
                        .toList());
    }
}
