package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Moves products and row sums that no carry needs behind the loop: the weight gradients of all steps, each a sum over
 * the rows of one step, become one sum over {@code T * B} rows, and the gradients of a layer's inputs one product.
 * What they read is stacked. Does not fire where a sum over steps is not linear in what would move.
 */
public final class SinkFromScans {
    private final GraphBuilder outer = new GraphBuilder();
    private final Map<Value, Value> copies = new IdentityHashMap<>();
    /** For each rewritten scan, what stands for each of its results. */
    private final Map<Value, List<Value>> results = new IdentityHashMap<>();

    private SinkFromScans() {}

    /** {@code graph} with its sinkable work behind its scans. */
    public static Graph apply(Graph graph) {
        return new SinkFromScans().run(graph);
    }

    private Graph run(Graph graph) {
        for (Value v : graph.values()) {
            List<Value> operands = v.operands().stream().map(copies::get).toList();
            switch (v.op()) {
                case Op.Scan scan -> results.put(v, scan(v, scan, operands));
                case Op.Result r -> copies.put(v, results.get(v.operand(0)).get(r.index()));
                default -> copies.put(v, outer.add(v.op(), operands, v.type(), v.origin()));
            }
            if (v.op() instanceof Op.Scan) {
                copies.put(v, null);
            }
        }
        return outer.graph(graph.roots().stream()
                .map(r -> new Graph.Root(r.kind(), r.name(), copies.get(r.value())))
                .toList());
    }

    private List<Value> scan(Value value, Op.Scan scan, List<Value> operands) {
        Op.Body body = scan.body();
        Set<Value> sunk = sinkable(body);
        List<Op.Output> kept = new ArrayList<>();
        List<Op.Output> moved = new ArrayList<>();
        for (Op.Output output : body.outputs()) {
            boolean moves =
                    sunk.contains(output.value()) && linear(output, body, sunk) && stackable(output, body, sunk);
            (moves ? moved : kept).add(output);
        }
        Map<Value, Integer> stacked = new IdentityHashMap<>();
        List<Op.Output> outputs = new ArrayList<>(kept);
        Set<Value> needed = Dependence.ancestors(
                body.values(), moved.stream().map(Op.Output::value).toList());
        for (Value v : body.values()) {
            boolean boundary = !sunk.contains(v)
                    && !isOuterLeaf(v)
                    && body.values().stream()
                            .anyMatch(u -> sunk.contains(u)
                                    && needed.contains(u)
                                    && u.operands().contains(v));
            if (boundary) {
                stacked.put(v, outputs.size());
                outputs.add(new Op.Output(v, Op.Collect.STACK));
            }
        }
        Op.Body changed = new Op.Body(body.values(), body.carries(), outputs, body.sequences(), body.invariants());
        Value loop = outer.add(new Op.Scan(changed, scan.backward()), operands, null, value.origin());
        int carries = body.carries().size();
        Map<Value, Value> outside = new IdentityHashMap<>();
        for (Value v : body.values()) {
            Value copy = switch (v.op()) {
                case Op.StepInput s -> operands.get(carries + s.index());
                case Op.Invariant i -> operands.get(carries + body.sequences() + i.index());
                case Op.Constant _ -> outer.apply(v.op(), v.origin());
                default ->
                    stacked.containsKey(v)
                            ? outer.apply(new Op.Result(carries + stacked.get(v)), v.origin(), loop)
                            : sunk.contains(v) && needed.contains(v) ? sink(v, outside) : null;
            };
            outside.put(v, copy);
        }
        List<Value> replaced = new ArrayList<>();
        for (int i = 0; i < carries; i++) {
            replaced.add(outer.apply(new Op.Result(i), body.carries().get(i).origin(), loop));
        }
        for (Op.Output output : body.outputs()) {
            Value out = output.value();
            replaced.add(
                    moved.contains(output)
                            ? collected(output, outside.get(out))
                            : outer.apply(new Op.Result(carries + kept.indexOf(output)), out.origin(), loop));
        }
        return replaced;
    }

    private Value sink(Value v, Map<Value, Value> outside) {
        List<Value> operands = new ArrayList<>();
        for (Value operand : v.operands()) {
            Value copy = outside.get(operand);
            boolean repeated = reducesRows(v.op()) && operand.type().element() == Element.REAL;
            operands.add(repeated ? overSteps(copy, operand.type()) : copy);
        }
        Op op = v.op() instanceof Op.SumRows ? new Op.SumRows(Rows.NONE) : v.op();
        Type declared = v.type().rows() == Rows.BATCH ? v.type().withRows(Rows.SEQUENCE) : v.type();
        return outer.add(op, operands, declared, v.origin());
    }

    private Value collected(Op.Output output, Value outside) {
        Type step = output.value().type();
        if (step.rows() == Rows.NONE) {
            return outside;
        }
        Value sequence = overSteps(outside, step);
        return output.collect() == Op.Collect.STACK
                ? sequence
                : outer.apply(new Op.SumRows(step.rows()), output.value().origin(), sequence);
    }

    private Value overSteps(Value outside, Type step) {
        return step.rows() == Rows.BATCH
                ? outer.expand(outside, step.withRows(Rows.SEQUENCE), outside.origin())
                : outside;
    }

    private static Set<Value> sinkable(Op.Body body) {
        Set<Value> fixed = Dependence.ancestors(body.values(), body.carries());
        Set<Value> sunk = Dependence.identitySet();
        for (Value v : body.values()) {
            boolean heavy = v.op() instanceof Op.Product
                    || v.op() instanceof Op.TransposedProduct
                    || reducesRows(v.op()) && dependsOnSteps(v, sunk) && !isCheaperInside(v, body);
            // What is made of a whole sequence at each step would have two time axes behind the loop.
            boolean whole = v.type().rows() == Rows.SEQUENCE
                    || v.operands().stream().anyMatch(o -> o.type().rows() == Rows.SEQUENCE);
            if (!fixed.contains(v) && !whole && (heavy || v.operands().stream().anyMatch(sunk::contains))) {
                sunk.add(v);
            }
        }
        return sunk;
    }

    /** Whether a sum over rows is one over those of all steps behind the loop: else it counts once for each step. */
    private static boolean dependsOnSteps(Value sum, Set<Value> sunk) {
        return sum.operands().stream()
                .anyMatch(o -> sunk.contains(o)
                        || o.type().rows() != Rows.NONE
                                && (o.type().element() == Element.REAL || !(o.op() instanceof Op.Invariant)));
    }

    /**
     * Whether a sum over rows is better made at each step, while what it reads is in the caches: where nothing else would
     * have that stacked.
     */
    private static boolean isCheaperInside(Value v, Op.Body body) {
        Value x = v.operand(0);
        return v.op() instanceof Op.SumRows
                && x.op() instanceof Op.Map
                && body.outputs().stream().noneMatch(o -> o.value() == x)
                && body.values().stream()
                        .filter(u -> u.operands().contains(x))
                        .allMatch(u -> u.op() instanceof Op.SumRows);
    }

    /** Whether all that moving {@code output} needs can be stacked: what has no rows would gain some. */
    private static boolean stackable(Op.Output output, Op.Body body, Set<Value> sunk) {
        Set<Value> needed = Dependence.ancestors(body.values(), List.of(output.value()));
        return body.values().stream()
                .filter(v -> needed.contains(v) && sunk.contains(v))
                .flatMap(v -> v.operands().stream())
                .allMatch(o -> sunk.contains(o) || isOuterLeaf(o) || o.type().rows() != Rows.NONE);
    }

    /** Whether {@code output} is linear in the row sums it is made of, so that the sum over the steps may move inside. */
    private static boolean linear(Op.Output output, Op.Body body, Set<Value> sunk) {
        Set<Value> needed = Dependence.ancestors(body.values(), List.of(output.value()));
        if (output.value().type().rows() != Rows.NONE) {
            // A sum over the rows of one step has no place among the rows of all steps.
            return body.values().stream()
                    .noneMatch(v ->
                            needed.contains(v) && sunk.contains(v) && v.type().rows() == Rows.NONE);
        }
        if (output.collect() != Op.Collect.SUM) {
            return false;
        }
        return body.values().stream()
                .filter(v -> needed.contains(v) && sunk.contains(v) && v.type().rows() == Rows.NONE)
                .allMatch(v -> reducesRows(v.op()) || linearIn(v, sunk));
    }

    private static boolean linearIn(Value v, Set<Value> sunk) {
        List<Boolean> moving =
                v.operands().stream().map(o -> sunk.contains(o) || isZero(o)).toList();
        return switch (v.op()) {
            case Op.Map(Function f) ->
                switch (f) {
                    case ADD, SUBTRACT, NEGATE -> !moving.contains(false);
                    case MULTIPLY -> moving.get(0) != moving.get(1);
                    case DIVIDE -> moving.get(0) && !moving.get(1);
                    default -> false;
                };
            case Op.Slice _, Op.Concat _, Op.Expand _ -> !moving.contains(false);
            default -> false;
        };
    }

    private static boolean isZero(Value v) {
        return switch (v.op()) {
            case Op.Constant c -> c.value() == 0;
            case Op.Expand _ -> isZero(v.operand(0));
            default -> false;
        };
    }

    private static boolean reducesRows(Op op) {
        return op instanceof Op.OuterSum || op instanceof Op.TableSum || op instanceof Op.SumRows;
    }

    private static boolean isOuterLeaf(Value v) {
        return v.op() instanceof Op.StepInput || v.op() instanceof Op.Invariant || v.op() instanceof Op.Constant;
    }
}
