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
 * Builds what weighs the steps of a sequence by the softmax of their scores: dot-product attention (Luong et al. 2015,
 * arXiv 1508.04025), whose score of a step s is query . key[s], and scores that the model computes itself. Steps that
 * are not there weigh nothing.
 */
final class AttentionBuilder {
    /** What a step that is not there scores: less than any real score, yet finite. */
    private static final double NOT_THERE = -1e30;

    private final Value values;
    private final int steps;
    private final GraphBuilder builder;
    private final Lengths lengths;
    private final Origin origin;
    private final Origin below;

    private AttentionBuilder(Value values, int steps, GraphBuilder builder, Lengths lengths, Origin origin) {
        this.values = values;
        this.steps = steps;
        this.builder = builder;
        this.lengths = lengths;
        this.origin = origin;
        this.below = origin.named("");
    }

    /**
     * The values weighted by dot products, zero where there is no valid step.
     *
     * @param steps the most steps a run has
     */
    static Value build(
            Value query, Value keys, Value values, int steps, GraphBuilder builder, Lengths lengths, Origin origin) {
        AttentionBuilder attention = new AttentionBuilder(values, steps, builder, lengths, origin);
        Value scores = builder.apply(new Op.Scores(steps), attention.below, query, lengths.zeroed(keys));
        return attention.weighted(scores, query.type(), keys);
    }

    /** The values weighted by scores, one number for each step; one row for each sequence. */
    static Value attend(Value scores, Value values, int steps, GraphBuilder builder, Lengths lengths, Origin origin) {
        AttentionBuilder attention = new AttentionBuilder(values, steps, builder, lengths, origin);
        Type row = Type.real(Rows.BATCH, 1);
        return attention.weighted(attention.row(row, lengths.zeroed(scores)), row, scores);
    }

    /** A number for each step of a sequence as a row of numbers, one such for each of {@code rows}: a product with ones. */
    private Value row(Type rows, Value numbers) {
        Value one = builder.expand(builder.constant(1), rows.withShape(List.of(1)), below);
        Value sequence = builder.expand(numbers, Type.real(Rows.SEQUENCE, 1), below);
        return builder.apply(new Op.Scores(steps), below, one, sequence);
    }

    private Value weighted(Value scores, Type rows, Value scored) {
        // The same product of ones tells which steps there are: less than the most in a short run, or by lengths.
        Value valid = row(rows, lengths.valid(List.of(scored, values)).orElseGet(() -> builder.constant(1)));
        Value masked = builder.map(Function.SELECT, below, valid, scores, builder.constant(NOT_THERE));
        // The largest score only keeps the powers from overflowing: it cancels, so that no gradient need pass it.
        Value largest =
                builder.apply(new Op.Detach(), below, builder.apply(new Op.Reduce(Op.Fold.MAXIMUM), below, masked));
        Value powers = builder.map(Function.EXPONENTIAL, below, builder.map(Function.SUBTRACT, below, masked, largest));
        Value kept = builder.map(Function.SELECT, below, valid, powers, builder.constant(0));
        Value sum = builder.apply(new Op.Reduce(Op.Fold.SUM), below, kept);
        // Where no step is valid this yields 0 / 1 rather than 0 / 0.
        Value any = builder.apply(new Op.Reduce(Op.Fold.MAXIMUM), below, valid);
        Value none = builder.map(Function.EQUAL, below, any, builder.constant(0));
        Value weights = builder.map(Function.DIVIDE, below, kept, builder.map(Function.ADD, below, sum, none));
        return builder.apply(new Op.Mix(), origin, weights, lengths.zeroed(values));
    }
}
