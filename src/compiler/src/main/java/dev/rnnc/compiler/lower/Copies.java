package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Kernels that move rows from one place to another, or fill them. */
final class Copies {
    private final Context context;

    /** Pieces of a row that are copied by statements of their own rather than in a loop. */
    private static final int WRITTEN_OUT = 8;

    Copies(Context context) {
        this.context = context;
    }

    /** A kernel that copies {@code source} rows of {@code type} to {@code target}. */
    Step.Call copy(View source, View target, Type type, Comment comment) {
        return copy(source, target, type, type.rows(), comment);
    }

    /** The same for a target with more rows, which the source's rows repeat to. */
    Step.Call copy(View source, View target, Type type, Rows rows, Comment comment) {
        return new Copy(context, type.withRows(rows), type.rows(), source, target).copy(comment);
    }

    /** A kernel that adds {@code source} to {@code target}. */
    Step.Call accumulate(View source, View target, Type type, Comment comment) {
        return new Copy(context, type, type.rows(), source, target).accumulate(comment);
    }

    /** A kernel that writes one number everywhere. */
    Step.Call fill(View target, Type type, Value number, Comment comment) {
        return new Copy(context, type, Rows.NONE, target, target).fill(number, comment);
    }

    /** A kernel that copies rows of {@code type}, repeated to {@code rows}, to a contiguous target without padding of its own. */
    Step.Call copyDense(View source, View target, Type type, Rows rows, Comment comment) {
        return new Copy(context, type.withRows(rows), type.rows(), source, target)
                .byNumber(false, "copyDense", comment);
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

    /** One kernel. */
    private static final class Copy extends RowLoops {
        private final Rows sourceRows;
        private final View source;
        private final View target;

        Copy(Context context, Type type, Rows sourceRows, View source, View target) {
            super(context, type, false);
            this.sourceRows = sourceRows;
            this.source = source;
            this.target = target;
        }

        Step.Call copy(Comment comment) {
            if (overruns()) {
                return byNumber(false, "copy", comment);
            }
            rows(
                    isByStep(sourceRows, type.rows()),
                    row -> columns(List.of(source, target), (column, offset) -> {
                        Expression value = load(source, "source", row, sourceRows, type.rows(), column, offset);
                        store(target, "target", row, column, offset, value);
                    }));
            return call("copy", comment);
        }

        /**
         * Whether a vector that starts within a piece of the target, because a piece of the source does, would run over
         * the lines of the target's piece.
         */
        private boolean overruns() {
            TreeSet<Integer> cuts = cuts(List.of(source, target));
            int start = 0;
            for (View.Part part : target.parts()) {
                for (int cut : cuts.subSet(start, start + part.size())) {
                    int end = cut - start + covered(size(cuts, cut));
                    if (cut > start && end > context.precision.padded(part.size())) {
                        return true;
                    }
                }
                start += part.size();
            }
            return false;
        }

        Step.Call accumulate(Comment comment) {
            List<Integer> pieces = source.parts().stream().map(View.Part::size).toList();
            if (!pieces.equals(target.parts().stream().map(View.Part::size).toList())) {
                // A vector that runs over the end of a piece would add padding to what lies behind it.
                return byNumber(true, "accumulate", comment);
            }
            rows(
                    false,
                    row -> columns(List.of(source, target), (column, offset) -> {
                        Expression sum = new Expression.Binary(
                                Expression.BinaryOperator.ADD,
                                load(target, "target", row, type.rows(), type.rows(), column, offset),
                                load(source, "source", row, type.rows(), type.rows(), column, offset));
                        store(target, "target", row, column, offset, sum);
                    }));
            return call("accumulate", comment);
        }

        Step.Call fill(Value number, Comment comment) {
            // All rows there may be: constants are written before the steps of a run are known.
            Index all = Index.of(context.buffers.capacity(type));
            rows(
                    false,
                    all,
                    row -> columns(List.of(target), (column, offset) -> {
                        Expression value = switch (number.op()) {
                            case Op.Constant c -> constant(c.value());
                            case Op.RowCount count ->
                                spread(new Expression.OfIndex(
                                        kernel.outer(context.buffers.rows(Type.real(count.rows())), "count")));
                            default -> throw new IllegalStateException("not a number: " + number.op());
                        };
                        boolean stands = value instanceof Expression.Constant;
                        store(target, "target", row, column, offset, stands ? value : kernel.define("count", value));
                    }));
            return call("fill", comment);
        }

        Step.Call byNumber(boolean adds, String name, Comment comment) {
            String from = kernel.segment(source.buffer(), "source");
            String to = kernel.segment(target.buffer(), "target");
            Index sourceBase = kernel.outer(source.base(), "sourceAt");
            Index targetBase = kernel.outer(target.base(), "targetAt");
            rows(isByStep(sourceRows, type.rows()), row -> {
                Index readRow = sourceBase.plus(inRow(source, row, sourceRows, type.rows()));
                Index writeRow = targetBase.plus(row.row().times(target.stride()));
                for (Run run : runs()) {
                    kernel.loop(
                            "piece",
                            Index.ZERO,
                            Index.of(run.count()),
                            1,
                            piece -> kernel.loop("j", Index.ZERO, Index.of(run.size()), 1, j -> {
                                Index read = readRow.plus(j)
                                        .plus(piece.times(run.readStride()))
                                        .plus(source.offsetOf(run.first()));
                                Index write = writeRow.plus(j)
                                        .plus(piece.times(run.writeStride()))
                                        .plus(target.offsetOf(run.first()));
                                Expression value = KernelBuilder.load(from, read, Shape.SCALAR);
                                Expression old = KernelBuilder.load(to, write, Shape.SCALAR);
                                kernel.add(new Statement.Store(
                                        to,
                                        write,
                                        adds
                                                ? new Expression.Binary(Expression.BinaryOperator.ADD, old, value)
                                                : value));
                            }));
                }
            });
            return call(name, comment);
        }

        /** Pieces of one size, each as far from the one before in the source and in the target. */
        private record Run(int first, int size, int count, int readStride, int writeStride) {}

        /** The pieces of a row: each for itself, or where that were many statements, those that lie alike in one run. */
        private List<Run> runs() {
            List<Run> runs = new ArrayList<>();
            for (int done = 0; done < target.width(); done += runs.getLast().size()) {
                runs.add(new Run(done, Math.min(source.run(done), target.run(done)), 1, 0, 0));
            }
            if (runs.size() <= WRITTEN_OUT) {
                return runs;
            }
            List<Run> joined = new ArrayList<>();
            for (Run next : runs) {
                Run last = joined.isEmpty() ? next : joined.getLast();
                int before = last.first() + (last.count() - 1) * last.size();
                int readStride = source.offsetOf(next.first()) - source.offsetOf(before);
                int writeStride = target.offsetOf(next.first()) - target.offsetOf(before);
                boolean alike =
                        last.count() == 1 || last.readStride() == readStride && last.writeStride() == writeStride;
                if (last != next && alike && last.size() == next.size()) {
                    joined.set(
                            joined.size() - 1,
                            new Run(last.first(), last.size(), last.count() + 1, readStride, writeStride));
                } else {
                    joined.add(next);
                }
            }
            return joined;
        }

        private Step.Call call(String name, Comment comment) {
            return kernel.call(context.kernels, name + (type.isScalar() ? "" : Buffers.width(type)), "", comment);
        }
    }
}
