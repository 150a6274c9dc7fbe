package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Slices what element-wise work reads instead of what it makes, where nothing needs the whole: {@code split(a + b, 4)}
 * becomes four sums, each part of the loop that uses it, and the stacked sum of the gates is never written to memory.
 */
public final class SliceBeforeMaps extends Rewriter {
    private record Piece(Value value, int from, int size) {}

    private Set<Value> sliced = Set.of();
    private final Map<Piece, Value> pieces = new HashMap<>();

    private SliceBeforeMaps() {}

    /** {@code graph} with its slices before its element-wise work. */
    public static Graph apply(Graph graph) {
        return new SliceBeforeMaps().graph(graph);
    }

    /** Finds the element-wise values that are only read in slices, also through other such values. */
    @Override
    void enter(List<Value> values, List<Value> results) {
        Map<Value, List<Value>> users = new IdentityHashMap<>();
        values.forEach(user -> user.operands()
                .forEach(o -> users.computeIfAbsent(o, _ -> new ArrayList<>()).add(user)));
        Set<Value> found = Dependence.identitySet();
        for (Value v : values.reversed()) {
            boolean candidate = v.op() instanceof Op.Map
                    && v.type().shape().size() == 1
                    && !results.contains(v)
                    && users.containsKey(v);
            if (candidate && users.get(v).stream().allMatch(u -> u.op() instanceof Op.Slice || found.contains(u))) {
                found.add(v);
            }
        }
        sliced = found;
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return op instanceof Op.Slice(int from, int size) && sliced.contains(value.operand(0))
                ? piece(value.operand(0), from, size, builder)
                : super.rewrite(value, op, operands, builder);
    }

    /** Features {@code from} to {@code from + size} of an original value, in the new graph. */
    private Value piece(Value original, int from, int size, GraphBuilder builder) {
        if (original.type().isScalar()) {
            return copy(original);
        }
        Piece key = new Piece(original, from, size);
        Value known = pieces.get(key);
        if (known != null && builder.contains(known)) {
            return known;
        }
        Value made;
        if (sliced.contains(original)) {
            List<Value> operands = original.operands().stream()
                    .map(o -> piece(o, from, size, builder))
                    .toList();
            made = builder.add(original.op(), operands, null, original.origin());
        } else if (original.op() instanceof Op.Expand
                && original.operand(0).type().isScalar()) {
            Type type = original.type().withShape(List.of(size));
            made = builder.expand(copy(original.operand(0)), type, original.origin());
        } else {
            made = builder.apply(new Op.Slice(from, size), original.origin(), copy(original));
        }
        pieces.put(key, made);
        return made;
    }
}
