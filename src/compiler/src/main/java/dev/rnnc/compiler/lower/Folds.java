package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;

/**
 * Folds numbers at equal distances: interleaved chains, which hide the latency of the additions, and then the chains in
 * pairs. The order depends on nothing but the count: numbers next to each other, if there are enough, go in 16 chains,
 * which are one vector or several, and then lanes are exchanged; others in 8.
 */
final class Folds {
    /** The chains of numbers that are next to each other: a multiple of every lane count. */
    static final int WIDE = 16;

    private static final int CHAINS = 8;

    private final KernelBuilder kernel;
    private final String segment;
    private final Index base;
    private final int stride;

    /** @param stride elements from one number to the next */
    Folds(KernelBuilder kernel, String segment, Index base, int stride) {
        this.kernel = kernel;
        this.segment = segment;
        this.base = base;
        this.stride = stride;
    }

    /** The fold of {@code count} numbers, where the count is only known at run time. */
    Expression fold(Op.Fold fold, Index count) {
        return count.isConstant() ? constant(fold, count.constant()) : one(fold, count);
    }

    private Expression one(Op.Fold fold, Index count) {
        Local sum = kernel.variable("sum", start(fold, Shape.SCALAR));
        kernel.loop("j", Index.ZERO, count, 1, j -> accumulate(fold, sum, j));
        return new Expression.Read(sum);
    }

    private Expression constant(Op.Fold fold, int count) {
        Local[] chains = new Local[Math.min(CHAINS, count)];
        for (int i = 0; i < chains.length; i++) {
            chains[i] = kernel.variable("sum" + i, start(fold, Shape.SCALAR));
        }
        int whole = count / chains.length * chains.length;
        kernel.loop("j", Index.ZERO, Index.of(whole), chains.length, j -> {
            for (int i = 0; i < chains.length; i++) {
                accumulate(fold, chains[i], j.plus(i));
            }
        });
        for (int i = whole; i < count; i++) {
            accumulate(fold, chains[i - whole], Index.of(i));
        }
        Expression[] sums = new Expression[chains.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = new Expression.Read(chains[i]);
        }
        return inPairs(fold, sums);
    }

    /** The fold of {@code count} numbers next to each other, at least {@link #WIDE}, in a row that is padded to whole lines. */
    Expression wide(Op.Fold fold, int count, int lanes) {
        Local[] chains = new Local[WIDE / lanes];
        for (int i = 0; i < chains.length; i++) {
            chains[i] = kernel.variable("sum" + i, start(fold, Shape.VECTOR));
        }
        int whole = count / WIDE * WIDE;
        kernel.loop("j", Index.ZERO, Index.of(whole), WIDE, j -> {
            for (int i = 0; i < chains.length; i++) {
                accumulate(fold, chains[i], vector(j.plus(i * lanes)));
            }
        });
        for (int i = 0; i * lanes < count - whole; i++) {
            int rest = Math.min(lanes, count - whole - i * lanes);
            Expression value = vector(Index.of(whole + i * lanes));
            accumulate(fold, chains[i], rest < lanes ? first(rest, value, start(fold, Shape.VECTOR)) : value);
        }
        halves(fold, chains, lanes);
        for (int width = CHAINS; width > 1; width /= 2) {
            int vectors = width / lanes;
            if (vectors < 2) {
                accumulate(fold, chains[0], exchanged(chains[0], width - 1, lanes));
            }
            for (int i = 0; i < vectors / 2; i++) {
                accumulate(fold, chains[i], exchanged(chains[vectors - 1 - i], lanes - 1, lanes));
            }
        }
        return new Expression.FirstLane(new Expression.Read(chains[0]));
    }

    /** Folds the upper half of the chains into the lower. */
    private void halves(Op.Fold fold, Local[] chains, int lanes) {
        if (lanes == WIDE) {
            accumulate(fold, chains[0], exchanged(chains[0], CHAINS, lanes));
        }
        for (int i = 0; i < chains.length / 2; i++) {
            accumulate(fold, chains[i], new Expression.Read(chains[i + chains.length / 2]));
        }
    }

    private static Expression exchanged(Local vector, int by, int lanes) {
        Expression read = new Expression.Read(vector);
        return lanes == 1 ? read : new Expression.Exchange(read, by);
    }

    /** The first {@code count} lanes of {@code value}, whatever stands in the others, and {@code otherwise} in those. */
    private static Expression first(int count, Expression value, Expression otherwise) {
        return new Expression.Select(
                Expression.Comparison.LESS,
                new Expression.LaneNumbers(Index.ZERO),
                new Expression.Constant(count, Shape.VECTOR),
                value,
                otherwise);
    }

    private Expression vector(Index at) {
        return KernelBuilder.load(segment, base.plus(at), Shape.VECTOR);
    }

    private static Expression inPairs(Op.Fold fold, Expression[] sums) {
        for (int width = sums.length; width > 1; width = (width + 1) / 2) {
            for (int i = 0; i < width / 2; i++) {
                sums[i] = new Expression.Binary(operator(fold), sums[i], sums[width - 1 - i]);
            }
        }
        return sums[0];
    }

    private void accumulate(Op.Fold fold, Local sum, Index j) {
        accumulate(fold, sum, KernelBuilder.load(segment, base.plus(j.times(stride)), Shape.SCALAR));
    }

    private void accumulate(Op.Fold fold, Local sum, Expression value) {
        kernel.add(new Statement.Assign(sum, new Expression.Binary(operator(fold), new Expression.Read(sum), value)));
    }

    private static Expression start(Op.Fold fold, Shape shape) {
        return new Expression.Constant(fold == Op.Fold.SUM ? 0 : Double.NEGATIVE_INFINITY, shape);
    }

    private static BinaryOperator operator(Op.Fold fold) {
        return fold == Op.Fold.SUM ? BinaryOperator.ADD : BinaryOperator.MAXIMUM;
    }
}
