package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.List;

/** Lets products round their weights to bfloat16, in programs without gradients. Biases and tables stay as they are. */
public final class RoundWeights extends Rewriter {
    private RoundWeights() {}

    /** {@code graph} with rounded weights. */
    public static Graph apply(Graph graph) {
        return new RoundWeights().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return super.rewrite(value, op instanceof Op.Product ? new Op.Product(true) : op, operands, builder);
    }
}
