package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Common subexpressions, and algebra that changes no bit of a finite result: {@code x * 1}, {@code x + 0},
 * {@code --x}, {@code c ? x : x}, slices of slices and of concatenations, concatenations of adjacent slices. {@code x * 0} stays, as it
 * would hide a NaN.
 */
public final class Simplify extends Rewriter {
    private record Key(Op op, List<Value> operands, Type type) {}

    private Map<GraphBuilder, Map<Key, Value>> known = new HashMap<>();

    private Simplify() {}

    /** {@code graph} simplified. */
    public static Graph apply(Graph graph) {
        return new Simplify().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        Value simpler = simpler(value, op, operands, builder);
        if (simpler != null) {
            return simpler;
        }
        Key key = new Key(op, operands, value.type());
        return known.computeIfAbsent(builder, b -> new HashMap<>())
                .computeIfAbsent(key, k -> super.rewrite(value, op, operands, builder));
    }

    private Value simpler(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return switch (op) {
            case Op.Map map -> map(map.function(), value, operands);
            case Op.Expand _ -> operands.get(0).type().equals(value.type()) ? operands.get(0) : null;
            case Op.Slice slice -> slice(slice, value, operands.get(0), builder);
            case Op.Concat _ -> concat(value, operands, builder);
            default -> null;
        };
    }

    private static Value map(Function function, Value value, List<Value> operands) {
        Value kept = switch (function) {
            case ADD -> is(operands.get(1), 0) ? operands.get(0) : is(operands.get(0), 0) ? operands.get(1) : null;
            case SUBTRACT -> is(operands.get(1), 0) ? operands.get(0) : null;
            case MULTIPLY -> is(operands.get(1), 1) ? operands.get(0) : is(operands.get(0), 1) ? operands.get(1) : null;
            case DIVIDE -> is(operands.get(1), 1) ? operands.get(0) : null;
            case NEGATE ->
                operands.get(0).op() instanceof Op.Map(Function inner) && inner == Function.NEGATE
                        ? operands.get(0).operand(0)
                        : null;
            case SELECT -> operands.get(1) == operands.get(2) ? operands.get(1) : null;
            default -> null;
        };
        return kept != null && kept.type().equals(value.type()) ? kept : null;
    }

    private static boolean is(Value value, double number) {
        OptionalDouble constant = constant(value);
        return constant.isPresent() && constant.getAsDouble() == number;
    }

    private static OptionalDouble constant(Value value) {
        return switch (value.op()) {
            case Op.Constant c -> OptionalDouble.of(c.value());
            case Op.Expand _ -> constant(value.operand(0));
            default -> OptionalDouble.empty();
        };
    }

    private Value slice(Op.Slice slice, Value value, Value operand, GraphBuilder builder) {
        if (operand.type().equals(value.type())) {
            return operand;
        }
        switch (operand.op()) {
            case Op.Slice inner -> {
                return rewrite(
                        value,
                        new Op.Slice(inner.from() + slice.from(), slice.size()),
                        List.of(operand.operand(0)),
                        builder);
            }
            case Op.Concat _ -> {
                int from = 0;
                for (Value part : operand.operands()) {
                    int size = part.type().shape().get(0);
                    if (slice.from() >= from && slice.from() + slice.size() <= from + size) {
                        return rewrite(value, new Op.Slice(slice.from() - from, slice.size()), List.of(part), builder);
                    }
                    from += size;
                }
                return null;
            }
            case Op.Expand _ -> {
                return operand.operand(0).type().isScalar()
                        ? builder.expand(operand.operand(0), value.type(), value.origin())
                        : null;
            }
            default -> {
                return null;
            }
        }
    }

    private Value concat(Value value, List<Value> operands, GraphBuilder builder) {
        if (operands.size() == 1) {
            return operands.get(0);
        }
        List<Value> merged = new ArrayList<>();
        for (Value operand : operands) {
            Value last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null
                    && last.op() instanceof Op.Slice a
                    && operand.op() instanceof Op.Slice b
                    && last.operand(0) == operand.operand(0)
                    && a.from() + a.size() == b.from()) {
                Op.Slice joined = new Op.Slice(a.from(), a.size() + b.size());
                Value whole = builder.apply(joined, last.origin(), operand.operand(0));
                merged.set(
                        merged.size() - 1,
                        whole.type().equals(operand.operand(0).type()) ? operand.operand(0) : whole);
            } else {
                merged.add(operand);
            }
        }
        return merged.size() == operands.size() ? null : concatOrSame(value, merged, builder);
    }

    private Value concatOrSame(Value value, List<Value> merged, GraphBuilder builder) {
        return merged.size() == 1 ? merged.get(0) : rewrite(value, new Op.Concat(), merged, builder);
    }
}
