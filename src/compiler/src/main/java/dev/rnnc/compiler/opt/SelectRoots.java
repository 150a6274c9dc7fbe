package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
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
}
