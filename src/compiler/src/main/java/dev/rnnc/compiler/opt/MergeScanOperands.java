package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a scan read each outer value once: step inputs (and invariants) with the same operand become one leaf. The
 * operands left over fall to {@link RemoveDeadValues}.
 */
public final class MergeScanOperands extends Rewriter {
    private MergeScanOperands() {}

    /** {@code graph} with merged scan operands. */
    public static Graph apply(Graph graph) {
        return new MergeScanOperands().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        if (op instanceof Op.Scan scan) {
            Op.Body body = merge(scan.body(), operands);
            return builder.add(new Op.Scan(body, scan.backward()), operands, value.type(), value.origin());
        }
        return super.rewrite(value, op, operands, builder);
    }

    private static Op.Body merge(Op.Body body, List<Value> operands) {
        int carries = body.carries().size();
        int[] first = new int[operands.size()];
        Map<Value, Integer> sequences = new IdentityHashMap<>();
        Map<Value, Integer> invariants = new IdentityHashMap<>();
        for (int i = carries; i < operands.size(); i++) {
            boolean sequence = i < carries + body.sequences();
            int index = sequence ? i - carries : i - carries - body.sequences();
            Integer earlier = (sequence ? sequences : invariants).putIfAbsent(operands.get(i), index);
            first[i] = earlier == null ? index : earlier;
        }
        GraphBuilder builder = new GraphBuilder();
        Map<Value, Value> copies = new IdentityHashMap<>();
        Map<Op, Value> leaves = new java.util.HashMap<>();
        for (Value v : body.values()) {
            Op op = switch (v.op()) {
                case Op.StepInput s -> new Op.StepInput(first[carries + s.index()]);
                case Op.Invariant i -> new Op.Invariant(first[carries + body.sequences() + i.index()]);
                default -> v.op();
            };
            boolean leaf = op instanceof Op.StepInput || op instanceof Op.Invariant || op instanceof Op.CarryIn;
            Value copy = leaf ? leaves.get(op) : null;
            if (copy == null) {
                copy = builder.add(op, v.operands().stream().map(copies::get).toList(), v.type(), v.origin());
                if (leaf) {
                    leaves.put(op, copy);
                }
            }
            copies.put(v, copy);
        }
        return builder.body(
                body.carries().stream().map(copies::get).toList(),
                body.outputs().stream()
                        .map(o -> new Op.Output(copies.get(o.value()), o.collect()))
                        .toList(),
                body.sequences(),
                body.invariants());
    }
}
