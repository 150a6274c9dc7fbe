package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The sums of a graph and its bodies: additions of vectors, where an addition that only another one uses is part of it. */
final class Sums {
    private final Map<Value, Integer> uses = new IdentityHashMap<>();
    private final Set<Value> absorbed = Dependence.identitySet();

    /** Adds those of a graph or body. */
    void add(List<Value> values, List<Value> results) {
        values.forEach(v -> v.operands().forEach(o -> uses.merge(o, 1, Integer::sum)));
        results.forEach(r -> uses.merge(r, 1, Integer::sum));
        for (Value v : values) {
            if (isAddition(v)) {
                v.operands().stream()
                        .filter(o -> isAddition(o)
                                && uses.get(o) == 1
                                && o.type().shape().equals(v.type().shape()))
                        .forEach(absorbed::add);
            }
        }
    }

    /** How often a value is used, as a result too. */
    int uses(Value value) {
        return uses.getOrDefault(value, 0);
    }

    /** Whether {@code value} is a whole sum, not a part of one. */
    boolean isWhole(Value value) {
        return isAddition(value) && !absorbed.contains(value);
    }

    /** Whether {@code value} is only part of a sum. */
    boolean isPart(Value value) {
        return absorbed.contains(value);
    }

    /** The terms of a whole sum, as written. */
    List<Value> terms(Value sum) {
        List<Value> terms = new ArrayList<>();
        collect(sum, terms);
        return terms;
    }

    private void collect(Value sum, List<Value> terms) {
        for (Value operand : sum.operands()) {
            if (absorbed.contains(operand)) {
                collect(operand, terms);
            } else {
                terms.add(operand);
            }
        }
    }

    private static boolean isAddition(Value v) {
        Type type = v.type();
        return v.op() instanceof Op.Map(Function f)
                && f == Function.ADD
                && !type.isScalar()
                && type.rows() != Rows.NONE;
    }
}
