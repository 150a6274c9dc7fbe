package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one sum of the sums that several lookups in one table give: {@code tableSum(a, s) + tableSum(b, t)} becomes
 * {@code tableSum(a, s, b, t)}, which needs one table instead of three. Does not fire where others use a part too.
 */
public final class MergeTableSums extends Rewriter {
    private final Map<Value, Integer> uses = new IdentityHashMap<>();

    private MergeTableSums() {}

    /** {@code graph} with such sums merged; the parts stay behind as dead values. */
    public static Graph apply(Graph graph) {
        return new MergeTableSums().graph(graph);
    }

    @Override
    void enter(List<Value> values, List<Value> results) {
        values.forEach(v -> v.operands().forEach(o -> uses.merge(o, 1, Integer::sum)));
        results.forEach(r -> uses.merge(r, 1, Integer::sum));
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        boolean sum = op instanceof Op.Map(Function function)
                && function == Function.ADD
                && operands.stream().allMatch(o -> o.op() instanceof Op.TableSum)
                && value.operands().stream().allMatch(o -> uses.get(o) == 1);
        if (!sum) {
            return super.rewrite(value, op, operands, builder);
        }
        List<Value> pairs = new ArrayList<>();
        operands.forEach(o -> pairs.addAll(o.operands()));
        return builder.add(operands.getFirst().op(), pairs, value.type(), value.origin());
    }
}
