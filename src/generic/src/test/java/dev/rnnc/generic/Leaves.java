package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Real leaves by name, for one formula to be tried both at top level and as the body of a scan. In a body, sequences
 * become step inputs and all else invariants.
 */
final class Leaves {
    /** A formula over leaves. */
    interface Formula extends BiFunction<GraphBuilder, Leaves, Value> {}

    private final GraphBuilder builder;
    private final Map<String, Type> asked = new LinkedHashMap<>();
    private final Map<String, Value> made = new LinkedHashMap<>();
    private final boolean inBody;
    private final List<String> sequences = new ArrayList<>();
    private final List<String> invariants = new ArrayList<>();

    private Leaves(GraphBuilder builder, boolean inBody) {
        this.builder = builder;
        this.inBody = inBody;
    }

    /** The leaf of that name and outer type. */
    Value get(String name, Type type) {
        return made.computeIfAbsent(name, _ -> {
            asked.put(name, type);
            return inBody ? inner(name, type) : outer(builder, name, type);
        });
    }

    /** A vector of four; a parameter if it has no rows. */
    Value vector(String name, Rows rows) {
        return get(name, Type.real(rows, 4));
    }

    Value scalar(String name, Rows rows) {
        return get(name, Type.real(rows));
    }

    Value matrix(String name, int m, int k) {
        return get(name, Type.real(Rows.NONE, m, k));
    }

    Value tokens() {
        return get("tokens", Type.token(Rows.SEQUENCE));
    }

    /** One token a sequence, from 0 to all steps. */
    Value lengths() {
        return get("lengths", Type.token(Rows.BATCH));
    }

    private static Value outer(GraphBuilder builder, String name, Type type) {
        Op op = type.rows() == Rows.NONE ? new Op.Parameter(name) : new Op.Input(name);
        return builder.leaf(op, type, Origin.NONE.named(name));
    }

    private Value inner(String name, Type type) {
        if (type.rows() == Rows.SEQUENCE) {
            sequences.add(name);
            return builder.leaf(
                    new Op.StepInput(sequences.size() - 1), type.withRows(Rows.BATCH), Origin.NONE.named(name));
        }
        invariants.add(name);
        return builder.leaf(new Op.Invariant(invariants.size() - 1), type, Origin.NONE.named(name));
    }

    /** Checks the gradient of the formula over a whole graph. */
    static void checkAtTop(Formula formula) {
        GraphBuilder builder = new GraphBuilder();
        Value value = formula.apply(builder, new Leaves(builder, false));
        GradientCheck.check(builder, GradientCheck.loss(builder, value));
    }

    /**
     * Checks it as one step of a scan: the value is collected, and its sum goes through a carry
     * {@code s' = tanh(s / 2 + sum(value))} whose end counts too.
     */
    static void checkInScan(Formula formula, Op.Collect collect, boolean backward) {
        GraphBuilder body = new GraphBuilder();
        Leaves leaves = new Leaves(body, true);
        Type carryType = Type.real(Rows.BATCH);
        Value carry = body.leaf(new Op.CarryIn(0), carryType, Origin.NONE.named("s"));
        Value value = formula.apply(body, leaves);
        Value total = value.type().isScalar() ? value : body.apply(new Op.Reduce(Op.Fold.SUM), Origin.NONE, value);
        Value half = body.map(Function.MULTIPLY, Origin.NONE, carry, body.constant(0.5));
        Value sum = body.map(Function.ADD, Origin.NONE, half, total);
        Value next = body.map(Function.TANH, Origin.NONE.named("s'"), sum);

        GraphBuilder outer = new GraphBuilder();
        List<Value> operands = new ArrayList<>();
        operands.add(outer.leaf(new Op.Input("initial"), carryType, Origin.NONE));
        leaves.sequences.forEach(name -> operands.add(outer(outer, name, leaves.asked.get(name))));
        leaves.invariants.forEach(name -> operands.add(outer(outer, name, leaves.asked.get(name))));
        Op.Body step = body.body(
                List.of(next),
                List.of(new Op.Output(value, collect)),
                leaves.sequences.size(),
                leaves.invariants.size());
        Value scan = outer.add(new Op.Scan(step, backward), operands, null, Origin.NONE);
        Value end = outer.apply(new Op.Result(0), Origin.NONE, scan);
        Value collected = outer.apply(new Op.Result(1), Origin.NONE, scan);
        Value loss = outer.map(
                Function.ADD,
                Origin.NONE,
                GradientCheck.loss(outer, collected),
                GradientCheck.sum(outer, outer.map(Function.MULTIPLY, Origin.NONE, end, end)));
        GradientCheck.check(outer, loss);
    }
}
