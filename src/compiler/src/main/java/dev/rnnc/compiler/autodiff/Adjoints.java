package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The gradients gathered so far in one reverse walk. Here, and only here, the contributions to a shared value are
 * summed, broadcasting is undone, and the gradients of slices are put together again.
 */
final class Adjoints {
    private final GraphBuilder builder;
    private final Set<Value> active;
    private final Map<Value, List<Value>> whole = new IdentityHashMap<>();
    private final Map<Value, List<Piece>> pieces = new IdentityHashMap<>();

    /** The gradient of the features (or matrix rows) {@code from} to {@code to} (exclusive) of a value. */
    private record Piece(int from, int to, Value gradient) {}

    Adjoints(GraphBuilder builder, Set<Value> active) {
        this.builder = builder;
        this.active = active;
    }

    /** Whether anything wanted depends on {@code target}, so that its gradient is worth computing. */
    boolean wants(Value target) {
        return active.contains(target);
    }

    /**
     * Adds a contribution to the gradient of {@code target}; ignored if not {@linkplain #wants wanted}.
     *
     * @param gradient of the target's type, or of a type the target is broadcast to: then it is summed back
     */
    void add(Value target, Value gradient) {
        if (wants(target)) {
            whole.computeIfAbsent(target, _ -> new ArrayList<>()).add(unbroadcast(target, gradient));
        }
    }

    /** Adds a contribution to a part of the gradient of {@code target}, that from feature {@code from} on. */
    void addSlice(Value target, int from, Value gradient) {
        if (wants(target)) {
            int size = gradient.type().shape().getFirst();
            pieces.computeIfAbsent(target, _ -> new ArrayList<>()).add(new Piece(from, from + size, gradient));
        }
    }

    /** The whole gradient of {@code target}, of the target's type; empty if nothing contributed. */
    Optional<Value> take(Value target) {
        List<Value> parts = new ArrayList<>();
        if (whole.remove(target) instanceof List<Value> added) {
            parts.addAll(added);
        }
        if (pieces.remove(target) instanceof List<Piece> slices) {
            parts.add(concat(target, slices));
        }
        return parts.stream().reduce((a, b) -> builder.map(Function.ADD, origin(target, target), a, b));
    }

    /** Zeros of {@code type}. */
    Value zeros(Type type, Origin origin) {
        return builder.expand(builder.constant(0), type, origin);
    }

    /**
     * Where the gradient of {@code target} comes from: the target's place, named {@code dc} for a target {@code c}. A
     * target without a name takes the place of its user.
     */
    static Origin origin(Value target, Value user) {
        Origin place = target.origin();
        return place.name().isEmpty() ? user.origin().named("") : place.named("d" + place.name());
    }

    /** Features first, then rows, so that the sum over rows is of as few numbers as possible. */
    private Value unbroadcast(Value target, Value gradient) {
        Type type = target.type();
        Value result = gradient;
        if (type.isScalar() && result.type().shape().size() == 2) { // a scaled matrix: sum each of its rows
            Type columns = Type.real(Rows.NONE, result.type().shape().get(1));
            Value ones = builder.expand(builder.constant(1), columns, Origin.NONE);
            result = builder.apply(new Op.Product(), origin(target, target).named(""), result, ones);
        }
        if (type.isScalar() && !result.type().isScalar()) {
            result = builder.apply(new Op.Reduce(Op.Fold.SUM), origin(target, target), result);
        }
        if (type.rows().compareTo(result.type().rows()) < 0) {
            result = builder.apply(new Op.SumRows(type.rows()), origin(target, target), result);
        }
        if (!result.type().equals(type)) {
            throw new IllegalStateException("gradient of type " + gradient.type() + " for a value of type " + type);
        }
        return result;
    }

    /** Lays the pieces side by side: their sum where they overlap, zeros where there is none. */
    private Value concat(Value target, List<Piece> slices) {
        Origin origin = origin(target, target);
        int size = target.type().shape().getFirst();
        TreeSet<Integer> cuts = new TreeSet<>(List.of(0, size));
        for (Piece piece : slices) {
            cuts.add(piece.from());
            cuts.add(piece.to());
        }
        List<Value> parts = new ArrayList<>();
        for (int from = 0; from < size; ) {
            int start = from;
            int end = cuts.higher(start);
            Value part = slices.stream()
                    .filter(p -> p.from() <= start && end <= p.to())
                    .map(p -> cut(p, start, end, origin))
                    .reduce((a, b) -> builder.map(Function.ADD, origin, a, b))
                    .orElseGet(() -> zeros(resized(target.type(), end - start), Origin.NONE));
            parts.add(part);
            from = end;
        }
        return parts.size() == 1 ? parts.getFirst() : builder.add(new Op.Concat(), parts, null, origin);
    }

    private Value cut(Piece piece, int from, int to, Origin origin) {
        return piece.from() == from && piece.to() == to
                ? piece.gradient()
                : builder.apply(new Op.Slice(from - piece.from(), to - from), origin, piece.gradient());
    }

    private static Type resized(Type type, int first) {
        List<Integer> shape = new ArrayList<>(type.shape());
        shape.set(0, first);
        return type.withShape(shape);
    }
}
