package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;

/**
 * Folds numbers at equal distances: eight interleaved chains, which hide the latency of the additions, and
 * then the eight in pairs. The order depends on nothing but the count.
 */
final class Folds {
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
        Local sum = kernel.variable("sum", start(fold));
        kernel.loop("j", Index.ZERO, count, 1, j -> accumulate(fold, sum, j));
        return new Expression.Read(sum);
    }

    private Expression constant(Op.Fold fold, int count) {
        Local[] chains = new Local[Math.min(CHAINS, count)];
        for (int i = 0; i < chains.length; i++) {
            chains[i] = kernel.variable("sum" + i, start(fold));
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

    private static Expression start(Op.Fold fold) {
        return new Expression.Constant(fold == Op.Fold.SUM ? 0 : Double.NEGATIVE_INFINITY, Shape.SCALAR);
    }

    private static BinaryOperator operator(Op.Fold fold) {
        return fold == Op.Fold.SUM ? BinaryOperator.ADD : BinaryOperator.MAXIMUM;
    }
}
