package dev.rnnc.compiler.graph;

import java.util.List;

/**
 * One SSA value: an operation applied to operands. Immutable, compared by identity. Made by {@link GraphBuilder}, which
 * gives it its type.
 */
public final class Value {
    private final Op op;
    private final List<Value> operands;
    private final Type type;
    private final Origin origin;

    Value(Op op, List<Value> operands, Type type, Origin origin) {
        this.op = op;
        this.operands = List.copyOf(operands);
        this.type = type;
        this.origin = origin;
    }

    /** What computes it. */
    public Op op() {
        return op;
    }

    /** What it is computed from, in the order the operation states. */
    public List<Value> operands() {
        return operands;
    }

    /** The {@code index}-th operand. */
    public Value operand(int index) {
        return operands.get(index);
    }

    /** Its element type, row axes and feature shape. */
    public Type type() {
        return type;
    }

    /** Where in the model it comes from. */
    public Origin origin() {
        return origin;
    }
}
