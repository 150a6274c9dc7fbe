package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.List;

/** Replaces {@link Op.Detach} by its operand. Must not run before the gradients are derived: they depend on it. */
public final class RemoveDetach extends Rewriter {
    private RemoveDetach() {}

    /** {@code graph} without detached values. */
    public static Graph apply(Graph graph) {
        return new RemoveDetach().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return op instanceof Op.Detach ? operands.getFirst() : super.rewrite(value, op, operands, builder);
    }
}
