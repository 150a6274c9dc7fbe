package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.List;

/** Replaces random masks by 1, for every program but training. {@link Simplify} then drops the multiplications. */
public final class RemoveDropout extends Rewriter {
    private RemoveDropout() {}

    /** {@code graph} without random masks. */
    public static Graph apply(Graph graph) {
        return new RemoveDropout().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return op instanceof Op.RandomMask
                ? builder.expand(builder.constant(1), value.type(), value.origin())
                : super.rewrite(value, op, operands, builder);
    }
}
