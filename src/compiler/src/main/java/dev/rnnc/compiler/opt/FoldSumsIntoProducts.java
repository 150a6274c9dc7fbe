package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Sorts the terms of sums with products and lets products start from the sum before them:
 * {@code W @ x + a + V @ y + b} becomes {@code V @ y from (W @ x from (a + b))}. Parameters come first, so that biases
 * merge; then what does not depend on the step before, so that it can leave the loop; the recurrent products come last,
 * and start from parameters alone.
 * Does not fire on sums without a product, nor on terms that others use too, and never on broadcast scalars.
 */
public final class FoldSumsIntoProducts extends Rewriter {
    private final Sums sums = new Sums();
    private final Set<Value> dependent = Dependence.identitySet();
    private final Set<Value> varying = Dependence.identitySet();

    private FoldSumsIntoProducts() {}

    /** {@code graph} with sums folded into products. */
    public static Graph apply(Graph graph) {
        return new FoldSumsIntoProducts().graph(graph);
    }

    @Override
    void enter(List<Value> values, List<Value> results) {
        sums.add(values, results);
        dependent.addAll(Dependence.onCarries(values));
        varying.addAll(Dependence.onSteps(values));
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        if (!sums.isWhole(value)) {
            return super.rewrite(value, op, operands, builder);
        }
        List<Value> terms = sums.terms(value);
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
            } else if (foldable(term) && sameRows && startsFrom(sum, term)) {
                sum = builder.apply(copy.op(), value.origin(), copy.operand(0), copy.operand(1), sum);
            } else {
                sum = builder.map(Function.ADD, value.origin(), sum, copy);
            }
        }
        return sum;
    }

    /**
     * Whether {@code product} is to start from {@code sum}. In a loop, what depends on the step before is read by element-wise
     * work at once: there the sum costs nothing, while a start value that differs from row to row costs every tile a
     * load for each of its accumulators.
     */
    private boolean startsFrom(Value sum, Value product) {
        return sum.type().rows() == Rows.NONE || !dependent.contains(product);
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
        return product && term.operands().size() == 2 && sums.uses(term) == 1;
    }
}
