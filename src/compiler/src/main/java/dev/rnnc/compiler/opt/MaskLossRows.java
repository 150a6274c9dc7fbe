package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Lets a caller leave rows of the batch out of the loss, as a batch that is filled up with examples that were seen before
 * must, so that each example counts once.
 *
 * <p>Before: {@code sum over rows of x / number of rows}. After: {@code sum over rows of (uncounted ? 0 : x) / (number of
 * rows - sum of uncounted)}, where {@code uncounted} is an input, 1 for a row that is left out. Without any such row no bit
 * differs. Values that the loss does not depend on stay, and so does a mean over the steps of one row.
 */
public final class MaskLossRows extends Rewriter {
    private final Set<Value> behind = Collections.newSetFromMap(new IdentityHashMap<>());
    private Value uncounted;
    private Value sum;

    private MaskLossRows() {}

    /** {@code graph}, whose loss heeds the input {@link PortSpec#UNCOUNTED_ROWS}; as it is where it has no loss. */
    public static Graph apply(Graph graph) {
        MaskLossRows pass = new MaskLossRows();
        graph.roots().stream().filter(r -> r.kind() == RootKind.LOSS).forEach(r -> pass.behind.add(r.value()));
        if (pass.behind.isEmpty()) {
            return graph;
        }
        for (Value value : graph.values().reversed()) {
            if (pass.behind.contains(value)) {
                pass.behind.addAll(value.operands());
            }
        }
        return pass.graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        if (!behind.contains(value)) {
            return super.rewrite(value, op, operands, builder);
        }
        if (LossTerms.isStepCount(value)) {
            // Each row's steps, whichever rows count.
            return builder.map(
                    Function.DIVIDE,
                    value.origin(),
                    builder.apply(value.operand(0).op(), value.origin()),
                    builder.apply(value.operand(1).op(), value.origin()));
        }
        if (op instanceof Op.SumRows(Rows to) && to == Rows.NONE) {
            Value kept = builder.map(
                    Function.SELECT,
                    value.origin().named(""),
                    uncounted(builder),
                    builder.constant(0),
                    operands.get(0));
            return builder.apply(op, value.origin(), kept);
        }
        if (op instanceof Op.RowCount(Rows rows) && rows != Rows.NONE) {
            Value all = builder.apply(op, value.origin());
            Value out = sum(builder);
            if (rows == Rows.SEQUENCE) {
                Value steps = builder.map(
                        Function.DIVIDE, Origin.NONE, all, builder.apply(new Op.RowCount(Rows.BATCH), Origin.NONE));
                out = builder.map(Function.MULTIPLY, Origin.NONE, steps, out);
            }
            return builder.map(Function.SUBTRACT, value.origin(), all, out);
        }
        return super.rewrite(value, op, operands, builder);
    }

    private Value uncounted(GraphBuilder builder) {
        if (uncounted == null) {
            uncounted = builder.leaf(
                    new Op.Input(PortSpec.UNCOUNTED_ROWS),
                    Type.real(Rows.BATCH),
                    new Origin("", PortSpec.UNCOUNTED_ROWS, "", 0));
        }
        return uncounted;
    }

    private Value sum(GraphBuilder builder) {
        if (sum == null) {
            sum = builder.apply(new Op.SumRows(Rows.NONE), Origin.NONE, uncounted(builder));
        }
        return sum;
    }
}
