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
 * which are one vector or several; others in 8.
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

    /**
     * The fold of {@code count} numbers next to each other, at least {@link #WIDE}.
     *
     * @param chains a parameter with memory for the chains
     */
    Expression wide(Op.Fold fold, int count, int lanes, String chains) {
        Local[] vectors = new Local[WIDE / lanes];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = kernel.variable("sum" + i, start(fold, Shape.VECTOR));
        }
        int whole = count / WIDE * WIDE;
        kernel.loop("j", Index.ZERO, Index.of(whole), WIDE, j -> {
            for (int i = 0; i < vectors.length; i++) {
                Expression value = KernelBuilder.load(segment, base.plus(j).plus(i * lanes), Shape.VECTOR);
                kernel.add(new Statement.Assign(
                        vectors[i], new Expression.Binary(operator(fold), new Expression.Read(vectors[i]), value)));
            }
        });
        for (int i = 0; i < vectors.length; i++) {
            kernel.add(new Statement.Store(chains, Index.of(i * lanes), new Expression.Read(vectors[i])));
        }
        int half = WIDE / 2;
        // In loops, because each access takes room in HotSpot's first compiler.
        if (whole < count) {
            kernel.loop(
                    "i",
                    Index.ZERO,
                    Index.of(count - whole),
                    1,
                    i -> fold(fold, chains, i, segment, base.plus(whole).plus(i)));
        }
        kernel.loop("i", Index.ZERO, Index.of(half), 1, i -> fold(fold, chains, i, chains, i.plus(half)));
        Expression[] sums = new Expression[half];
        for (int i = 0; i < half; i++) {
            sums[i] = KernelBuilder.load(chains, Index.of(i), Shape.SCALAR);
        }
        return inPairs(fold, sums);
    }

    /** Folds element {@code from} of {@code source} into element {@code at} of {@code target}. */
    private void fold(Op.Fold fold, String target, Index at, String source, Index from) {
        Expression known = KernelBuilder.load(target, at, Shape.SCALAR);
        Expression other = KernelBuilder.load(source, from, Shape.SCALAR);
        kernel.add(new Statement.Store(target, at, new Expression.Binary(operator(fold), known, other)));
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
        Expression value = KernelBuilder.load(segment, base.plus(j.times(stride)), Shape.SCALAR);
        kernel.add(new Statement.Assign(sum, new Expression.Binary(operator(fold), new Expression.Read(sum), value)));
    }

    private static Expression start(Op.Fold fold, Shape shape) {
        return new Expression.Constant(fold == Op.Fold.SUM ? 0 : Double.NEGATIVE_INFINITY, shape);
    }

    private static BinaryOperator operator(Op.Fold fold) {
        return fold == Op.Fold.SUM ? BinaryOperator.ADD : BinaryOperator.MAXIMUM;
    }
}
