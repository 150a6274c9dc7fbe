package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Moves products that do not depend on the step before in front of the loop: the input projections of all steps become
 * one product over {@code T * B} rows. Work on parameters alone (merged biases) moves too. Element-wise work stays in
 * the loop unless such a product needs it, because outside it would cost a pass over memory.
 */
public final class HoistFromScans extends Rewriter {
    private final Function<Op.Body, Set<Value>> hoistable;

    private HoistFromScans(Function<Op.Body, Set<Value>> hoistable) {
        this.hoistable = hoistable;
    }

    /** {@code graph} with step-independent products outside its scans. */
    public static Graph apply(Graph graph) {
        return new HoistFromScans(HoistFromScans::products).graph(graph);
    }

    /**
     * {@code graph} with what scans do to whole sequences, the same at each step, in front of them. Runs before the
     * gradients are derived, so that these too are summed over the steps first and go back through it once.
     */
    public static Graph wholeSequences(Graph graph) {
        return new HoistFromScans(HoistFromScans::ofWholeSequences).graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder outer) {
        if (!(op instanceof Op.Scan scan)) {
            return super.rewrite(value, op, operands, outer);
        }
        Op.Body body = scan.body();
        Set<Value> hoisted = hoistable.apply(body);
        if (hoisted.isEmpty()) {
            return super.rewrite(value, op, operands, outer);
        }
        int carries = body.carries().size();
        Map<Value, Value> outside = new IdentityHashMap<>();
        Map<Value, Value> inside = new IdentityHashMap<>();
        List<Value> sequences = new ArrayList<>(operands.subList(carries, carries + body.sequences()));
        List<Value> invariants = new ArrayList<>(operands.subList(carries + body.sequences(), operands.size()));
        GraphBuilder builder = new GraphBuilder();
        for (Value v : body.values()) {
            switch (v.op()) {
                case Op.StepInput s -> outside.put(v, operands.get(carries + s.index()));
                case Op.Invariant i -> outside.put(v, operands.get(carries + body.sequences() + i.index()));
                case Op.Constant _ -> outside.put(v, outer.apply(v.op(), v.origin()));
                case Op.RandomMask _ -> outside.put(v, outer.leaf(v.op(), overSteps(v.type()), v.origin()));
                default -> {}
            }
            if (hoisted.contains(v)) {
                outside.put(v, hoist(v, outer, outside));
            } else {
                for (Value operand : v.operands()) {
                    inside.computeIfAbsent(operand, o -> leaf(o, outside.get(o), builder, sequences, invariants));
                }
                inside.put(
                        v,
                        builder.add(
                                v.op(), v.operands().stream().map(inside::get).toList(), v.type(), v.origin()));
            }
        }
        body.outputs()
                .forEach(o -> inside.computeIfAbsent(
                        o.value(), v -> leaf(v, outside.get(v), builder, sequences, invariants)));
        body.carries()
                .forEach(c -> inside.computeIfAbsent(c, v -> leaf(v, outside.get(v), builder, sequences, invariants)));
        List<Value> all = new ArrayList<>(operands.subList(0, carries));
        all.addAll(sequences);
        all.addAll(invariants);
        Op.Body changed = builder.body(
                body.carries().stream().map(inside::get).toList(),
                body.outputs().stream()
                        .map(o -> new Op.Output(inside.get(o.value()), o.collect()))
                        .toList(),
                sequences.size(),
                invariants.size());
        return outer.add(new Op.Scan(changed, scan.backward()), all, null, value.origin());
    }

    private static Set<Value> ofWholeSequences(Op.Body body) {
        Set<Value> bound = Dependence.onCarries(body.values());
        bound.addAll(Dependence.onSteps(body.values()));
        List<Value> wanted = body.values().stream()
                .filter(v -> !bound.contains(v))
                .filter(v -> v.operands().stream().anyMatch(o -> o.type().rows() == Rows.SEQUENCE))
                .toList();
        Set<Value> hoisted = Dependence.ancestors(body.values(), wanted);
        hoisted.removeIf(v -> v.operands().isEmpty());
        return hoisted;
    }

    private static Set<Value> products(Op.Body body) {
        Set<Value> bound = Dependence.onCarries(body.values());
        Set<Value> varying = Dependence.onSteps(body.values());
        // A sum over the rows of a step would be another one over the rows of all steps; a mask is drawn step by step;
        // what is made of a step and a whole sequence would have two time axes.
        for (Value v : body.values()) {
            if (reducesRows(v)
                    || varying.contains(v) && v.type().rows() == Rows.SEQUENCE
                    || v.op() instanceof Op.RandomMask
                    || v.operands().stream().anyMatch(bound::contains)) {
                bound.add(v);
            }
        }
        List<Value> wanted = body.values().stream()
                .filter(v -> !bound.contains(v))
                .filter(v -> isProduct(v) || isOfParametersAlone(v))
                .toList();
        Set<Value> hoisted = Dependence.ancestors(body.values(), wanted);
        hoisted.removeIf(v -> v.operands().isEmpty());
        return hoisted;
    }

    private static boolean isProduct(Value v) {
        return v.op() instanceof Op.Product || v.op() instanceof Op.TransposedProduct;
    }

    private static boolean isOfParametersAlone(Value v) {
        return !v.operands().isEmpty()
                && v.operands().stream().allMatch(o -> o.type().rows() == Rows.NONE);
    }

    private static boolean reducesRows(Value v) {
        return v.op() instanceof Op.OuterSum || v.op() instanceof Op.SumRows || v.op() instanceof Op.TableSum;
    }

    private static Value hoist(Value v, GraphBuilder outer, Map<Value, Value> outside) {
        List<Value> operands = v.operands().stream().map(outside::get).toList();
        boolean stepped = v.operands().stream()
                .anyMatch(o -> outside.get(o).type().rows() != o.type().rows());
        Type declared = stepped ? overSteps(v.type()) : v.type();
        return outer.add(v.op(), operands, declared, v.origin());
    }

    private static Type overSteps(Type step) {
        return step.rows() == Rows.BATCH ? step.withRows(Rows.SEQUENCE) : step;
    }

    private static Value leaf(
            Value v, Value source, GraphBuilder builder, List<Value> sequences, List<Value> invariants) {
        if (source.type().rows() != v.type().rows()) {
            sequences.add(source);
            return builder.leaf(new Op.StepInput(sequences.size() - 1), v.type(), v.origin());
        }
        invariants.add(source);
        return builder.leaf(new Op.Invariant(invariants.size() - 1), v.type(), v.origin());
    }
}
