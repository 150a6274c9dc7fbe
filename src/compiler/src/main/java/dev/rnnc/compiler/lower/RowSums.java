package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;

/** Lowers sums over rows: weight and bias gradients, table gradients, losses. Rows are added in their order. */
final class RowSums {
    /** Rows of one pass of a weight gradient: what is read again for each tile then stays in the caches. */
    private static final int CHUNK = 128;
    /** Vectors of a row that are summed side by side: whole lines in a row, and chains that hide the additions' latency. */
    private static final int SUMMED_VECTORS = 8;

    private final Context context;

    RowSums(Context context) {
        this.context = context;
    }

    /** {@code sum over rows of a b^T} in register tiles, chunk by chunk of the rows. */
    List<Step> outerSum(Value v, View a, View b, Rows rows) {
        View sum = context.view(v);
        List<Step> steps = new ArrayList<>();
        steps.add(zero(sum, v.type(), Comments.of(v.origin())));
        List<Step> chunk = new ArrayList<>();
        int widest = context.target.tileVectors(context.target.tileRows());
        for (int p = 0; p < b.parts().size(); p++) {
            View.Part columns = b.parts().get(p);
            int total = vectorsOf(columns.size());
            int width = evenWidth(total, widest);
            int done = 0;
            while (done < total) {
                int vectors = Math.min(width, total - done);
                int panels = (total - done) / vectors;
                tiles(
                        v,
                        a,
                        b,
                        sum,
                        columns.offset() + done * context.lanes(),
                        sum.parts().get(p).offset() + done * context.lanes(),
                        vectors,
                        panels,
                        chunk);
                done += vectors * panels;
            }
        }
        steps.add(new Step.ChunkLoop(context.buffers.rows(Type.real(rows)), CHUNK, chunk));
        return steps;
    }

    private int vectorsOf(int size) {
        return (size + context.lanes() - 1) / context.lanes();
    }

    private static int evenWidth(int total, int widest) {
        for (int width = Math.min(widest, total); width >= Math.max(1, widest - 2); width--) {
            if (total % width == 0) {
                return width;
            }
        }
        return Math.min(widest, total);
    }

    private void tiles(
            Value v, View a, View b, View sum, int bOffset, int sumOffset, int vectors, int panels, List<Step> steps) {
        int row = 0;
        for (View.Part part : a.parts()) {
            int tile = context.target.tileRows();
            int whole = part.size() / tile * tile;
            if (whole > 0) {
                steps.add(tile(v, a, b, sum, part.offset(), row, whole, tile, bOffset, sumOffset, vectors, panels));
            }
            if (whole < part.size()) {
                steps.add(tile(
                        v,
                        a,
                        b,
                        sum,
                        part.offset() + whole,
                        row + whole,
                        part.size() - whole,
                        1,
                        bOffset,
                        sumOffset,
                        vectors,
                        panels));
            }
            row += part.size();
        }
    }

    private Step tile(
            Value v,
            View a,
            View b,
            View sum,
            int aOffset,
            int sumRow,
            int count,
            int height,
            int bOffset,
            int sumOffset,
            int vectors,
            int panels) {
        KernelBuilder kernel = new KernelBuilder();
        int lanes = context.lanes();
        String aName = kernel.segment(a.buffer(), "a");
        String bName = kernel.segment(b.buffer(), "b");
        String sumName = kernel.segment(sum.buffer(), "sums");
        Index aBase = kernel.outer(a.base(), "aAt").plus(aOffset);
        Index bBase = kernel.outer(b.base(), "bAt").plus(bOffset);
        Index sumBase = kernel.outer(sum.base(), "sumsAt").plus(sumRow * sum.stride() + sumOffset);
        Index from = kernel.outer(Index.of("from"), "from");
        Index to = kernel.outer(Index.of("to"), "to");
        kernel.loop(
                "panel",
                Index.ZERO,
                Index.of(panels),
                1,
                panel -> kernel.loop("m", Index.ZERO, Index.of(count), height, m -> {
                    Index column = panel.times(vectors * lanes);
                    Local[][] sums = new Local[height][vectors];
                    for (int i = 0; i < height; i++) {
                        for (int j = 0; j < vectors; j++) {
                            Index at = sumBase.plus(m.plus(i).times(sum.stride()))
                                    .plus(column)
                                    .plus(j * lanes);
                            sums[i][j] = kernel.variable("sum" + i + j, KernelBuilder.load(sumName, at, Shape.VECTOR));
                        }
                    }
                    kernel.loop("row", from, to, 1, row -> {
                        Expression[] bs = new Expression[vectors];
                        for (int j = 0; j < vectors; j++) {
                            Index at = bBase.plus(row.times(b.stride()))
                                    .plus(column)
                                    .plus(j * lanes);
                            bs[j] = kernel.define("b" + j, KernelBuilder.load(bName, at, Shape.VECTOR));
                        }
                        for (int i = 0; i < height; i++) {
                            Index at = aBase.plus(row.times(a.stride())).plus(m).plus(i);
                            Expression ai = kernel.define(
                                    "a" + i, new Expression.Broadcast(KernelBuilder.load(aName, at, Shape.SCALAR)));
                            for (int j = 0; j < vectors; j++) {
                                kernel.add(new Statement.Assign(
                                        sums[i][j],
                                        new Expression.MultiplyAdd(ai, bs[j], new Expression.Read(sums[i][j]))));
                            }
                        }
                    });
                    for (int i = 0; i < height; i++) {
                        for (int j = 0; j < vectors; j++) {
                            Index at = sumBase.plus(m.plus(i).times(sum.stride()))
                                    .plus(column)
                                    .plus(j * lanes);
                            kernel.add(new Statement.Store(sumName, at, new Expression.Read(sums[i][j])));
                        }
                    }
                }));
        return kernel.call(
                context.kernels,
                "outerSum" + count + "x" + panels * vectors * lanes,
                "Tiles of " + height + " rows by " + vectors + " vectors.",
                Comments.of(v.origin()));
    }

    /** Rows of features, or numbers, added up. */
    Step sumRows(Value v) {
        Value x = v.operand(0);
        return x.type().isScalar() && v.type().rows() == Rows.NONE ? total(v, x) : sumVectors(v, x);
    }

    private Step sumVectors(Value v, Value x) {
        View from = context.view(x);
        View to = context.view(v);
        Shape shape = x.type().isScalar() ? Shape.SCALAR : Shape.VECTOR;
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(from.buffer(), "x");
        String target = kernel.segment(to.buffer(), "sum");
        Index sourceBase = kernel.outer(from.base(), "xAt");
        Index targetBase = kernel.outer(to.base(), "sumAt");
        boolean keepsBatch = v.type().rows() == Rows.BATCH;
        Index count = keepsBatch ? context.buffers.steps() : context.buffers.rows(x.type());
        Index rows = kernel.outer(count, keepsBatch ? "steps" : "rows");
        kernel.loop("sequence", Index.ZERO, Index.of(keepsBatch ? context.batch : 1), 1, sequence -> {
            for (int p = 0; p < from.parts().size(); p++) {
                View.Part read = from.parts().get(p);
                View.Part write = to.parts().get(p);
                int lanes = shape == Shape.SCALAR ? 1 : context.lanes();
                int total = (read.size() + lanes - 1) / lanes;
                int done = 0;
                while (done < total) {
                    int width = Math.min(SUMMED_VECTORS, total - done);
                    int last = done + (total - done) / width * width;
                    kernel.loop("j", Index.of(done * lanes), Index.of(last * lanes), width * lanes, j -> {
                        Local[] sums = new Local[width];
                        for (int i = 0; i < width; i++) {
                            sums[i] = kernel.variable("total" + i, new Expression.Constant(0, shape));
                        }
                        kernel.loop("row", Index.ZERO, rows, 1, row -> {
                            Index r = keepsBatch ? row.times(context.batch).plus(sequence) : row;
                            Index line = sourceBase
                                    .plus(r.times(from.stride()))
                                    .plus(j)
                                    .plus(read.offset());
                            for (int i = 0; i < width; i++) {
                                Expression load = KernelBuilder.load(source, line.plus(i * lanes), shape);
                                kernel.add(new Statement.Assign(
                                        sums[i],
                                        new Expression.Binary(BinaryOperator.ADD, new Expression.Read(sums[i]), load)));
                            }
                        });
                        Index at = targetBase
                                .plus(sequence.times(to.stride()))
                                .plus(j)
                                .plus(write.offset());
                        for (int i = 0; i < width; i++) {
                            kernel.add(new Statement.Store(target, at.plus(i * lanes), new Expression.Read(sums[i])));
                        }
                    });
                    done = last;
                }
            }
        });
        return kernel.call(context.kernels, "sumRows" + from.width(), "", Comments.of(v.origin()));
    }

    private Step total(Value v, Value x) {
        View from = context.view(x);
        View to = context.view(v);
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(from.buffer(), "x");
        String target = kernel.segment(to.buffer(), "total");
        Index base = kernel.outer(from.base(), "xAt");
        Index rows = kernel.outer(context.buffers.rows(x.type()), "rows");
        Folds folds = new Folds(kernel, source, base, from.stride());
        kernel.add(new Statement.Store(target, kernel.outer(to.base(), "totalAt"), folds.fold(Op.Fold.SUM, rows)));
        return kernel.call(context.kernels, "total", "", Comments.of(v.origin()));
    }

    /** Rows added up by their tokens. */
    List<Step> tableSum(Value v, View rows) {
        View tokens = context.view(v.operand(1));
        View table = context.view(v);
        KernelBuilder kernel = new KernelBuilder();
        String source = kernel.segment(rows.buffer(), "rows");
        String indices = kernel.segment(tokens.buffer(), "tokens");
        String target = kernel.segment(table.buffer(), "table");
        Index sourceBase = kernel.outer(rows.base(), "rowsAt");
        Index tokenBase = kernel.outer(tokens.base(), "tokensAt");
        Index count = kernel.outer(context.buffers.rows(v.operand(1).type()), "count");
        kernel.loop("row", Index.ZERO, count, 1, row -> {
            Expression token = kernel.define("token", new Expression.LoadToken(indices, tokenBase.plus(row)));
            Index line = Index.of(((Expression.Read) token).local().name()).times(table.stride());
            for (int p = 0; p < rows.parts().size(); p++) {
                View.Part read = rows.parts().get(p);
                View.Part write = table.parts().get(p);
                kernel.loop("j", Index.ZERO, Index.of(vectorsOf(read.size()) * context.lanes()), context.lanes(), j -> {
                    Index at = line.plus(j).plus(write.offset());
                    Expression sum = new Expression.Binary(
                            BinaryOperator.ADD,
                            KernelBuilder.load(target, at, Shape.VECTOR),
                            KernelBuilder.load(
                                    source,
                                    sourceBase
                                            .plus(row.times(rows.stride()))
                                            .plus(j)
                                            .plus(read.offset()),
                                    Shape.VECTOR));
                    kernel.add(new Statement.Store(target, at, sum));
                });
            }
        });
        return List.of(
                zero(table, v.type(), Comments.of(v.origin())),
                kernel.call(context.kernels, "tableSum" + rows.width(), "", Comments.of(v.origin())));
    }

    /** Zeroes all rows of a view, padding included. */
    Step zero(View view, Type type, Comment comment) {
        KernelBuilder kernel = new KernelBuilder();
        String target = kernel.segment(view.buffer(), "target");
        Index base = kernel.outer(view.base(), "targetAt");
        int elements = Math.multiplyExact(context.buffers.capacity(type), view.stride());
        int lanes = context.lanes();
        int whole = elements / lanes * lanes;
        kernel.loop(
                "j",
                Index.ZERO,
                Index.of(whole),
                lanes,
                j -> kernel.add(new Statement.Store(target, base.plus(j), new Expression.Constant(0, Shape.VECTOR))));
        if (whole < elements) {
            kernel.loop(
                    "j",
                    Index.of(whole),
                    Index.of(elements),
                    1,
                    j -> kernel.add(
                            new Statement.Store(target, base.plus(j), new Expression.Constant(0, Shape.SCALAR))));
        }
        return kernel.call(context.kernels, "zero" + elements, "", comment);
    }
}
