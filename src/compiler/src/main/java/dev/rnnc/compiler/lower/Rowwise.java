package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;

/** Lowers operations that treat each row alone: folds, picks, look-ups, random masks. */
final class Rowwise {
    private final Context context;

    Rowwise(Context context) {
        this.context = context;
    }

    /** One number a row: the sum or maximum of its features. */
    Step reduce(Value v, Op.Fold fold) {
        View x = context.view(v.operand(0));
        View out = context.view(v);
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(x.buffer(), "x");
        String target = kernel.segment(out.buffer(), "out");
        Index sourceBase = kernel.outer(x.base(), "xAt");
        Index targetBase = kernel.outer(out.base(), "outAt");
        kernel.loop("row", Index.ZERO, kernel.outer(context.buffers.rows(v.type()), "rows"), 1, row -> {
            Index line = sourceBase.plus(row.times(x.stride()));
            Expression value = null;
            for (View.Part part : x.parts()) {
                Folds folds = new Folds(kernel, source, line.plus(part.offset()), 1);
                Expression piece = part.size() < Folds.WIDE
                        ? folds.fold(fold, Index.of(part.size()))
                        : folds.wide(fold, part.size(), context.lanes());
                piece = kernel.define("piece", piece);
                Expression.BinaryOperator both =
                        fold == Op.Fold.SUM ? Expression.BinaryOperator.ADD : Expression.BinaryOperator.MAXIMUM;
                value = value == null ? piece : new Expression.Binary(both, value, piece);
            }
            kernel.add(new Statement.Store(target, targetBase.plus(row.times(out.stride())), value));
        });
        return kernel.call(
                context.kernels, (fold == Op.Fold.SUM ? "sum" : "maximum") + x.width(), "", Comments.of(v.origin()));
    }

    /** One number a row of {@code x}, which lies in one piece: the one its token names. */
    Step pick(Value v, View x) {
        Type tokenType = v.operand(1).type();
        View tokens = context.view(v.operand(1));
        View out = context.view(v);
        RowLoops loops = new RowLoops(context, v.type(), true);
        KernelBuilder kernel = loops.kernel;
        String source = kernel.segment(x.buffer(), "x");
        String indices = kernel.segment(tokens.buffer(), "tokens");
        String target = kernel.segment(out.buffer(), "out");
        Index sourceBase = kernel.outer(x.base(), "xAt").plus(x.parts().get(0).offset());
        Index tokenBase = kernel.outer(tokens.base(), "tokensAt");
        Index targetBase = kernel.outer(out.base(), "outAt");
        loops.rows(RowLoops.isByStep(tokenType.rows(), v.type().rows()), row -> {
            Index place = RowLoops.inRow(tokens, row, tokenType.rows(), v.type().rows());
            Expression token = kernel.define("token", new Expression.LoadToken(indices, tokenBase.plus(place)));
            Index at = sourceBase.plus(row.row().times(x.stride())).plus(name(token));
            Index to = targetBase.plus(row.row().times(out.stride()));
            kernel.add(new Statement.Store(target, to, KernelBuilder.load(source, at, Shape.SCALAR)));
        });
        return kernel.call(context.kernels, "pick" + x.width(), "", Comments.of(v.origin()));
    }

    /** The row of a table that each token names. */
    Step lookup(Value v) {
        View table = context.view(v.operand(0));
        View tokens = context.view(v.operand(1));
        View out = context.view(v);
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(table.buffer(), "table");
        String indices = kernel.segment(tokens.buffer(), "tokens");
        String target = kernel.segment(out.buffer(), "out");
        Index sourceBase = kernel.outer(table.base(), "tableAt");
        Index tokenBase = kernel.outer(tokens.base(), "tokensAt");
        Index targetBase = kernel.outer(out.base(), "outAt");
        int lanes = context.lanes();
        int end = (table.width() + lanes - 1) / lanes * lanes;
        kernel.loop("row", Index.ZERO, kernel.outer(context.buffers.rows(v.type()), "rows"), 1, row -> {
            Expression token = kernel.define("token", new Expression.LoadToken(indices, tokenBase.plus(row)));
            kernel.loop("j", Index.ZERO, Index.of(end), lanes, j -> {
                Index from = sourceBase.plus(name(token).times(table.stride())).plus(j);
                Index to = targetBase
                        .plus(row.times(out.stride()))
                        .plus(j)
                        .plus(out.parts().get(0).offset());
                kernel.add(new Statement.Store(target, to, KernelBuilder.load(source, from, Shape.VECTOR)));
            });
        });
        return kernel.call(context.kernels, "lookup" + table.width(), "", Comments.of(v.origin()));
    }

    /** A dropout mask; {@code step} is the time step within a scan, or null for a whole sequence. */
    Step mask(Value v, Op.RandomMask mask, Index step) {
        View out = context.view(v);
        int width = out.width();
        KernelBuilder kernel = new KernelBuilder();
        String target = kernel.segment(out.buffer(), "mask");
        String seed = kernel.seed();
        Index targetBase = kernel.outer(out.base(), "maskAt");
        Index first = step == null
                ? Index.ZERO
                : kernel.outer(step.times(context.buffers.capacity(v.type()) * width), "element");
        kernel.loop(
                "row",
                Index.ZERO,
                kernel.outer(context.buffers.rows(v.type()), "rows"),
                1,
                row -> kernel.loop("j", Index.ZERO, Index.of(width), 1, j -> {
                    Index element = first.plus(row.times(width)).plus(j);
                    Index at = targetBase
                            .plus(row.times(out.stride()))
                            .plus(j)
                            .plus(out.parts().get(0).offset());
                    kernel.add(new Statement.Store(
                            target, at, new Expression.MaskValue(seed, mask.stream(), element, mask.keep())));
                }));
        return kernel.call(context.kernels, "mask" + width, "", Comments.of(v.origin()));
    }

    private static Index name(Expression token) {
        return Index.of(((Expression.Read) token).local().name());
    }
}
