package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/**
 * Builds dot-product attention (Luong et al. 2015, arXiv 1508.04025): the softmax, over the valid steps s, of query . key[s]
 * weighs value[s].
 */
final class AttentionBuilder {
    /** What a step that is not there scores: less than any real score, yet finite. */
    private static final double NOT_THERE = -1e30;

    private AttentionBuilder() {}

    /**
     * The weighted values, zero where there is no valid step.
     *
     * @param steps the most steps a run has
     */
    static Value build(
            Value query, Value keys, Value values, int steps, GraphBuilder builder, Lengths lengths, Origin origin) {
        Origin below = origin.named("");
        Value scores = builder.apply(new Op.Scores(steps), below, query, lengths.zeroed(keys));
        // The same product of ones tells which steps there are: less than the most in a short run, or by lengths.
        Value one = builder.expand(builder.constant(1), query.type().withShape(List.of(1)), below);
        Type marks = Type.real(Rows.SEQUENCE, 1);
        Value present = lengths.valid(List.of(keys, values))
                .map(mask -> builder.expand(mask, marks, below))
                .orElseGet(() -> builder.expand(builder.constant(1), marks, below));
        Value valid = builder.apply(new Op.Scores(steps), below, one, present);
        Value masked = builder.map(Function.SELECT, below, valid, scores, builder.constant(NOT_THERE));
        Value largest = builder.apply(new Op.Reduce(Op.Fold.MAXIMUM), below, masked);
        Value powers = builder.map(Function.EXPONENTIAL, below, builder.map(Function.SUBTRACT, below, masked, largest));
        Value kept = builder.map(Function.SELECT, below, valid, powers, builder.constant(0));
        // Where a step is valid the sum is at least 1; where none is, this yields 0 rather than 0 / 0.
        Value sum = builder.map(
                Function.MAXIMUM, below, builder.apply(new Op.Reduce(Op.Fold.SUM), below, kept), builder.constant(0.5));
        Value weights = builder.map(Function.DIVIDE, below, kept, sum);
        return builder.apply(new Op.Mix(), origin, weights, lengths.zeroed(values));
    }
}
