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
    /** Vectors of a row that are summed side by side: whole lines in a row, and chains that hide the additions' latency. */
    private static final int SUMMED_VECTORS = 8;

    private final Context context;
    private final Copies copies;

    RowSums(Context context, Copies copies) {
        this.context = context;
        this.copies = copies;
    }

    /** Rows of features, or numbers, added up; {@code from}: where they lie, in the pieces of the result. */
    Step sumRows(Value v, View from) {
        Value x = v.operand(0);
        return x.type().isScalar() && v.type().rows() == Rows.NONE ? total(v, x, from) : sumVectors(v, x, from);
    }

    private Step sumVectors(Value v, Value x, View from) {
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
                int total = shape == Shape.SCALAR ? read.size() : context.vectorsOf(read.size());
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

    private Step total(Value v, Value x, View from) {
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

    /** Rows added up by their tokens; {@code rows}: those of each pair of operands, in one piece. */
    List<Step> tableSum(Value v, List<View> rows) {
        View table = context.view(v);
        SparseTable sparse = context.sparse.get(v);
        Comment comment = Comments.of(v.origin());
        List<Step> steps = new ArrayList<>();
        if (sparse == null) {
            steps.add(copies.zero(table, v.type(), comment));
        } else {
            steps.addAll(sparse.zero(context, table, comment));
            if (!table.equals(sparse.home())) {
                steps.addAll(sparse.zero(context, sparse.home(), comment));
            }
            for (int i = 0; i < rows.size(); i++) {
                Value tokens = v.operand(2 * i + 1);
                View list = sparse.lists().get(i);
                steps.add(new Sequences(context).tokens(tokens, context.view(tokens), list, comment));
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            steps.add(addByToken(v, v.operand(2 * i), rows.get(i), v.operand(2 * i + 1), table));
        }
        if (sparse != null && !table.equals(sparse.home())) {
            for (int i = 0; i < rows.size(); i++) {
                Value tokens = v.operand(2 * i + 1);
                Index count = context.buffers.rows(tokens.type());
                steps.add(sparse.copy(context, table, context.view(tokens), count, comment));
            }
        }
        return steps;
    }

    private Step addByToken(Value v, Value what, View rows, Value by, View table) {
        View tokens = context.view(by);
        Rows tokenRows = by.type().rows();
        Type type = what.type().rows().compareTo(tokenRows) < 0 ? what.type().withRows(tokenRows) : what.type();
        RowLoops loops = new RowLoops(context, type, false);
        KernelBuilder kernel = loops.kernel;
        String source = kernel.segment(rows.buffer(), "x");
        String indices = kernel.segment(tokens.buffer(), "tokens");
        String target = kernel.segment(table.buffer(), "table");
        Index sourceBase = kernel.outer(rows.base(), "xAt");
        Index tokenBase = kernel.outer(tokens.base(), "tokensAt");
        loops.rows(RowLoops.isByStep(tokenRows, type.rows()), row -> {
            Index place = RowLoops.inRow(tokens, row, tokenRows, type.rows());
            Expression token = kernel.define("token", new Expression.LoadToken(indices, tokenBase.plus(place)));
            Index line = Index.of(((Expression.Read) token).local().name()).times(table.stride());
            loops.columns(List.of(rows, table), (column, offset) -> {
                Index to = line.plus(offset).plus(table.offsetOf(column));
                Index from = sourceBase
                        .plus(row.row().times(rows.stride()))
                        .plus(offset)
                        .plus(rows.offsetOf(column));
                Expression sum = new Expression.Binary(
                        BinaryOperator.ADD,
                        KernelBuilder.load(target, to, Shape.VECTOR),
                        KernelBuilder.load(source, from, Shape.VECTOR));
                kernel.add(new Statement.Store(target, to, sum));
            });
        });
        return kernel.call(context.kernels, "tableSum" + rows.width(), "", Comments.of(v.origin()));
    }
}
