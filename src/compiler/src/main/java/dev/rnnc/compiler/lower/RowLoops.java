package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.TreeSet;

/**
 * One kernel that walks the rows of a type, and the features of each row. Rows of features go in vectors, the last of
 * which may run into a row's padding: what stands there is never read as a result. Rows of single numbers go one by one.
 */
class RowLoops {
    final Context context;
    final Type type;
    final KernelBuilder kernel = new KernelBuilder();
    final Shape shape;
    final int lanes;

    /** @param byNumber whether to walk the features one by one, where vectors would run over what others own */
    RowLoops(Context context, Type type, boolean byNumber) {
        this.context = context;
        this.type = type;
        this.shape = byNumber || type.isScalar() ? Shape.SCALAR : Shape.VECTOR;
        this.lanes = shape == Shape.SCALAR ? 1 : context.lanes();
    }

    /** Where in the loops over rows a statement stands. */
    record Row(Index row, Index withinStep) {}

    void rows(boolean byStep, java.util.function.Consumer<Row> body) {
        rows(byStep, context.buffers.rows(type), body);
    }

    void rows(boolean byStep, Index count, java.util.function.Consumer<Row> body) {
        if (byStep) {
            Index steps = kernel.outer(context.buffers.steps(), "steps");
            kernel.loop(
                    "step",
                    Index.ZERO,
                    steps,
                    1,
                    step -> kernel.loop(
                            "row",
                            Index.ZERO,
                            Index.of(context.batch),
                            1,
                            row -> body.accept(new Row(step.times(context.batch).plus(row), row))));
        } else if (count.isConstant() && count.constant() == 1) {
            body.accept(new Row(Index.ZERO, Index.ZERO));
        } else {
            kernel.loop("row", Index.ZERO, kernel.outer(count, "rows"), 1, row -> body.accept(new Row(row, row)));
        }
    }

    /** What to do at feature {@code column + offset}, where {@code offset} varies and both lie in one piece of every view. */
    interface At {
        void element(int column, Index offset);
    }

    void columns(List<View> views, At at) {
        if (type.isScalar()) {
            at.element(0, Index.ZERO);
            return;
        }
        TreeSet<Integer> cuts = cuts(views);
        for (int from : cuts) {
            int covered = covered(size(cuts, from));
            if (covered == lanes) {
                at.element(from, Index.ZERO);
            } else {
                kernel.loop("j", Index.ZERO, Index.of(covered), lanes, j -> at.element(from, j));
            }
        }
    }

    /** The features at which a piece of some view starts. */
    TreeSet<Integer> cuts(List<View> views) {
        TreeSet<Integer> cuts = new TreeSet<>(List.of(0));
        for (View view : views) {
            int start = 0;
            for (View.Part part : view.parts()) {
                if (view.width() == Buffers.width(type)) {
                    cuts.add(start);
                }
                start += part.size();
            }
        }
        return cuts;
    }

    /**
     * Whether a vector that starts where a piece of {@code views} does would be written to what {@code stored} does not
     * own. It owns the lines of its pieces; the end of a vector on the lines of a later piece is written again with that.
     */
    boolean leavesLines(View stored, List<View> views) {
        if (type.isScalar()) {
            return false;
        }
        TreeSet<Integer> cuts = cuts(views);
        return cuts.stream().anyMatch(from -> {
            int end = stored.offsetOf(from) + covered(size(cuts, from));
            return end > stored.ownedFrom(from, context.precision);
        });
    }

    /**
     * Whether a vector that runs over the end of a piece of {@code views} would be written to where the next piece is
     * still to be read: in a row that is both read and written, and lies otherwise than those pieces.
     */
    boolean runsAhead(View stored, List<View> read, List<View> views) {
        if (type.isScalar()
                || read.stream()
                        .noneMatch(r -> r.buffer() == stored.buffer() && r.row().equals(stored.row()))) {
            return false;
        }
        TreeSet<Integer> cuts = cuts(views);
        return cuts.stream().anyMatch(from -> {
            Integer next = cuts.higher(from);
            return next != null && stored.offsetOf(from) + covered(size(cuts, from)) > stored.offsetOf(next);
        });
    }

    int size(TreeSet<Integer> cuts, int from) {
        Integer next = cuts.higher(from);
        return (next == null ? Buffers.width(type) : next) - from;
    }

    /** Features that whole vectors cover. */
    int covered(int size) {
        return (size + lanes - 1) / lanes * lanes;
    }

    Expression load(View view, String role, Row row, Rows rows, Rows loop, int column, Index offset) {
        Index at = place(view, role, row, rows, loop, column, offset);
        return KernelBuilder.load(memory(view, role), at, shape);
    }

    void store(View view, String role, Row row, int column, Index offset, Expression value) {
        Index at = place(view, role, row, type.rows(), type.rows(), column, offset);
        kernel.add(new Statement.Store(memory(view, role), at, value));
    }

    Index place(View view, String role, Row row, Rows rows, Rows loop, int column, Index offset) {
        Index base = kernel.outer(view.base(), role + "At");
        return base.plus(inRow(view, row, rows, loop)).plus(offset).plus(view.offsetOf(column));
    }

    /** Whether a loop over {@code loop} rows must know the row within a step, to find what has {@code rows}. */
    static boolean isByStep(Rows rows, Rows loop) {
        return rows == Rows.BATCH && loop == Rows.SEQUENCE;
    }

    /** Where in a view with {@code rows} the row of a loop over {@code loop} rows lies. */
    static Index inRow(View view, Row row, Rows rows, Rows loop) {
        return Context.isRepeated(rows, loop)
                ? Index.ZERO
                : (isByStep(rows, loop) ? row.withinStep : row.row).times(view.stride());
    }

    Expression spread(Expression scalar) {
        return shape == Shape.VECTOR ? new Expression.Broadcast(scalar) : scalar;
    }

    Expression constant(double value) {
        return new Expression.Constant(value, shape);
    }

    /** The parameter through which the memory of {@code role} is seen. */
    String memory(View view, String role) {
        return kernel.segment(view.buffer(), role + "Memory");
    }
}
