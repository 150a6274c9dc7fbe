package dev.rnnc.compiler.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Makes values one after another, in an order in which operands stand before their users; for a graph or for a body. All
 * of them pass {@link #add}.
 */
public class GraphBuilder {
    private final List<Value> values = new ArrayList<>();
    private final Set<Value> members = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Starts an empty graph or body. */
    public GraphBuilder() {}

    /** Continues a graph: its values come first and may be operands of what follows. */
    public GraphBuilder(Graph start) {
        values.addAll(start.values());
        members.addAll(start.values());
    }

    /** A leaf or an {@link Op.Expand}, whose type must be said. */
    public Value add(Op op, List<Value> operands, Type declared, Origin origin) {
        for (Value operand : operands) {
            if (!members.contains(operand)) {
                throw new IllegalArgumentException(
                        "operand of " + op + " is not a value of this graph: " + operand.op());
            }
        }
        Value value = new Value(op, operands, TypeRules.infer(op, operands, declared), origin);
        values.add(value);
        members.add(value);
        return value;
    }

    /** A leaf of a stated type. */
    public final Value leaf(Op op, Type type, Origin origin) {
        return add(op, List.of(), type, origin);
    }

    /** An operation whose type follows from its operands. */
    public final Value apply(Op op, Origin origin, Value... operands) {
        return add(op, List.of(operands), null, origin);
    }

    /** An element-wise function. */
    public final Value map(Function function, Origin origin, Value... operands) {
        return apply(new Op.Map(function), origin, operands);
    }

    /** A number. */
    public final Value constant(double value) {
        return apply(new Op.Constant(value), Origin.NONE);
    }

    /**
     * {@code base} to the power of a number: the plainest operation with that value and with PyTorch's derivative, also at
     * 0 and where {@code base^exponent} is no finite number but the derivative is.
     */
    public final Value power(Value base, double exponent, Origin origin) {
        if (exponent == 0) {
            return expand(constant(1), base.type(), origin);
        }
        if (exponent == 1) {
            return base;
        }
        if (exponent == 2) {
            return map(Function.MULTIPLY, origin, base, base);
        }
        if (exponent == -1) {
            return map(Function.DIVIDE, origin, constant(1), base);
        }
        return exponent == 0.5
                ? map(Function.SQUARE_ROOT, origin, base)
                : map(Function.POWER, origin, base, constant(exponent));
    }

    /** The operand repeated to {@code type}; the operand itself if it already has that type. */
    public final Value expand(Value operand, Type type, Origin origin) {
        return operand.type().equals(type) ? operand : add(new Op.Expand(), List.of(operand), type, origin);
    }

    /** All values so far, in order. */
    public final List<Value> values() {
        return Collections.unmodifiableList(values);
    }

    /** Whether {@code value} was made by this builder. */
    public final boolean contains(Value value) {
        return members.contains(value);
    }

    /** Ends a graph. */
    public final Graph graph(List<Graph.Root> roots) {
        return new Graph(values, roots);
    }

    /** Ends a body. */
    public final Op.Body body(List<Value> carries, List<Op.Output> outputs, int sequences, int invariants) {
        return new Op.Body(values, carries, outputs, sequences, invariants);
    }
}
