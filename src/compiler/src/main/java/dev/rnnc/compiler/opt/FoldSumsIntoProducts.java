package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sorts the terms of sums with products and lets products start from the sum before them:
 * {@code W @ x + a + U @ h + b} becomes {@code U @ h from (W @ x from (a + b))}. Parameters come first, so that biases
 * merge; then what does not depend on the step before, so that it can leave the loop; the recurrent products come last.
 * Does not fire on sums without a product, nor on terms that others use too, and never on broadcast scalars.
 */
public final class FoldSumsIntoProducts extends Rewriter {
    private Map<Value, Integer> uses = new IdentityHashMap<>();
    private Set<Value> absorbed = Dependence.identitySet();
    private Set<Value> dependent = Dependence.identitySet();
    private Set<Value> varying = Dependence.identitySet();

    private FoldSumsIntoProducts() {}

    /** {@code graph} with sums folded into products. */
    public static Graph apply(Graph graph) {
        return new FoldSumsIntoProducts().graph(graph);
    }

    @Override
    void enter(List<Value> values, List<Value> results) {
        values.forEach(v -> v.operands().forEach(o -> uses.merge(o, 1, Integer::sum)));
        results.forEach(r -> uses.merge(r, 1, Integer::sum));
        dependent.addAll(Dependence.onCarries(values));
        varying.addAll(Dependence.onSteps(values));
        for (Value v : values) {
            if (isSum(v)) {
                v.operands().stream()
                        .filter(o -> isSum(o)
                                && uses.get(o) == 1
                                && o.type().shape().equals(v.type().shape()))
                        .forEach(absorbed::add);
            }
        }
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        if (!isSum(value) || absorbed.contains(value)) {
            return super.rewrite(value, op, operands, builder);
        }
        List<Value> terms = new ArrayList<>();
        collect(value, terms);
        if (terms.stream().noneMatch(this::foldable)
                || terms.stream()
                        .anyMatch(t -> !t.type().shape().equals(value.type().shape()))) {
            return super.rewrite(value, op, operands, builder);
        }
        terms.sort(Comparator.comparingInt(this::rank));
        Value sum = null;
        for (Value term : terms) {
            Value copy = copy(term);
            boolean sameRows = term.type().rows() == value.type().rows();
            if (sum == null) {
                sum = copy;
            } else if (foldable(term) && sameRows) {
                sum = builder.apply(copy.op(), value.origin(), copy.operand(0), copy.operand(1), sum);
            } else {
                sum = builder.map(Function.ADD, value.origin(), sum, copy);
            }
        }
        return sum;
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

    /** Products after other terms; before that, what has fewer rows and changes less often comes first. */
    private int rank(Value term) {
        int rows = term.type().rows().ordinal();
        int often = dependent.contains(term) ? 2 : varying.contains(term) ? 1 : 0;
        boolean alone = term.type().rows() == Rows.NONE;
        return alone ? 0 : 1 + rows * 6 + often * 2 + (foldable(term) ? 1 : 0);
    }

    private boolean foldable(Value term) {
        boolean product = term.op() instanceof Op.Product || term.op() instanceof Op.TransposedProduct;
        return product && term.operands().size() == 2 && uses.get(term) == 1;
    }

    private static boolean isSum(Value v) {
        Type type = v.type();
        return v.op() instanceof Op.Map(Function f)
                && f == Function.ADD
                && !type.isScalar()
                && type.rows() != Rows.NONE;
    }
}
