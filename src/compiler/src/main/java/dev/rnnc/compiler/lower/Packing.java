package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Copies of weight matrices in the order in which a product kernel reads them: panels of as many output columns as a
 * register tile is wide, a panel one strip of columns after another, and in a strip one line after another along the
 * contraction. Unused columns stay zero. Equal wishes share one copy.
 */
final class Packing {
    private record Wish(
            Value weight, boolean transposed, List<View.Part> columns, Panels.Widths widths, boolean rounded) {}

    private final Context context;
    private final List<Step> refresh;
    private final Map<Wish, List<Panels>> packed = new HashMap<>();

    Packing(Context context, List<Step> refresh) {
        this.context = context;
        this.refresh = refresh;
    }

    /**
     * The panels of {@code weight [M, K]}.
     *
     * @param transposed whether the output columns are the rows of the weight ({@code weight @ x}) or its columns
     * @param columns where the output columns lie in an output row, in their order
     * @param rounded whether the weights are rounded to bfloat16
     * @param before where the copy of a weight is made that does not follow from the parameters alone
     */
    List<Panels> pack(
            Value weight,
            boolean transposed,
            List<View.Part> columns,
            Panels.Widths widths,
            boolean rounded,
            List<Step> before) {
        List<Step> out = context.isFixed(weight) ? refresh : before;
        return packed.computeIfAbsent(new Wish(weight, transposed, columns, widths, rounded), w -> make(w, out));
    }

    private List<Panels> make(Wish wish, List<Step> out) {
        int lanes = context.lanes();
        int length = wish.weight.type().shape().get(wish.transposed ? 1 : 0);
        List<Panels> all = new ArrayList<>();
        int done = 0;
        int end = 0;
        for (View.Part part : wish.columns) {
            end = part.offset() - wish.columns.get(0).offset() + context.precision.padded(part.size());
        }
        int total = end / lanes;
        while (done < total) {
            int width = wish.widths.next(total - done);
            int count = wish.widths.count(total - done);
            String name = (wish.weight.origin().toString().isEmpty() ? "weight" : wish.weight.origin())
                    + (wish.transposed ? "_panels" : "_transposed_panels");
            Buffer buffer = context.buffers.packed(name, (long) count * width * lanes * length);
            int strip = wish.rounded ? width : wish.widths.strip(width);
            Panels panels = new Panels(buffer, done * lanes, count, width, strip, length, false);
            fill(wish, panels, out);
            all.add(wish.rounded ? RoundedPanels.round(context, panels, wish.widths, name, out) : panels);
            done += count * width;
        }
        return all;
    }

    private void fill(Wish wish, Panels panels, List<Step> out) {
        int outer = 0;
        for (View source : sources(wish.weight)) {
            int rows = source.parts().isEmpty() ? 0 : rowsOf(wish.weight, source);
            int from = outer;
            outer += rows;
            if (wish.transposed) {
                pieces(
                        wish,
                        panels,
                        from,
                        rows,
                        (first, column, count) -> copy(
                                panels,
                                source.fromRow(Index.of(first - from)),
                                column,
                                count,
                                panels.length(),
                                0,
                                true,
                                out));
            } else {
                pieces(
                        wish,
                        panels,
                        0,
                        wish.weight.type().shape().get(1),
                        (first, column, count) ->
                                copy(panels, source.slice(first, count), column, count, rows, from, false, out));
            }
        }
    }

    private interface Piece {
        void copy(int first, int column, int count);
    }

    /** Weight columns {@code from} to {@code from + size} as runs that neither a part nor the panels' ends cut. */
    private void pieces(Wish wish, Panels panels, int from, int size, Piece piece) {
        int start = 0;
        int base = wish.columns.get(0).offset();
        int end = panels.column() + panels.count() * panels.vectors() * context.lanes();
        for (View.Part part : wish.columns) {
            int first = Math.max(from, start);
            int last = Math.min(from + size, start + part.size());
            int shift = part.offset() - base - start;
            first = Math.max(first, panels.column() - shift);
            last = Math.min(last, end - shift);
            if (first < last) {
                piece.copy(first, first + shift - panels.column(), last - first);
            }
            start += part.size();
        }
    }

    /** Copies a run of columns, panel by panel: a partial first panel, whole ones, a partial last. */
    private void copy(
            Panels panels,
            View source,
            int column,
            int count,
            int inner,
            int innerFrom,
            boolean transposed,
            List<Step> out) {
        int width = panels.vectors() * context.lanes();
        int at = column;
        int read = 0;
        while (read < count) {
            int inPanel = at % width;
            int wanted = Math.min(width - inPanel, count - read);
            int repeats = inPanel == 0 ? (count - read) / width : 0;
            int loops = Math.max(1, repeats);
            int columns = repeats > 0 ? width : wanted;
            KernelBuilder kernel = new KernelBuilder();
            String from = kernel.segment(source.buffer(), "weight");
            String to = kernel.segment(panels.buffer(), "panels");
            Index sourceBase = source.base()
                    .plus(
                            transposed
                                    ? source.parts().get(0).offset() + read * source.stride()
                                    : source.parts().get(0).offset() + read);
            int firstPanel = at / width;
            kernel.loop("panel", Index.ZERO, Index.of(loops), 1, panel -> {
                int done = 0;
                while (done < columns) {
                    int column0 = inPanel + done;
                    int strip = panels.strip() * context.lanes();
                    int wide = Math.min(strip - column0 % strip, columns - done);
                    Index first = panel.times(width).plus(done);
                    int vector = column0 / context.lanes();
                    int lane = column0 % context.lanes();
                    PackedRun run = new PackedRun(
                            kernel,
                            from,
                            (n, k) -> sourceBase.plus(
                                    transposed
                                            ? first.plus(n)
                                                    .times(source.stride())
                                                    .plus(k)
                                            : k.times(source.stride())
                                                    .plus(first)
                                                    .plus(n)),
                            to,
                            (n, k) -> panels.at(panel.plus(firstPanel), k.plus(innerFrom), vector, context.lanes())
                                    .plus(n)
                                    .plus(lane));
                    if (transposed) {
                        run.transpose(wide, inner);
                    } else {
                        run.copy(
                                lane == 0 ? wide / context.lanes() * context.lanes() : 0, wide, inner, context.lanes());
                    }
                    done += wide;
                }
            });
            out.add(kernel.call(
                    context.kernels,
                    (transposed ? "pack" : "packTransposed") + columns * loops + "x" + inner,
                    "",
                    new Comment(
                            "packed " + (transposed ? "" : "transposed ") + "weights for "
                                    + panels.buffer().name(),
                            0)));
            at += columns * loops;
            read += columns * loops;
        }
    }

    /** The matrices one below the other that make up a weight. */
    private List<View> sources(Value weight) {
        if (weight.op() instanceof Op.Concat && !context.views.containsKey(weight)) {
            return weight.operands().stream().flatMap(o -> sources(o).stream()).toList();
        }
        return List.of(context.view(weight));
    }

    private int rowsOf(Value weight, View source) {
        if (weight.op() instanceof Op.Concat && !context.views.containsKey(weight)) {
            for (Value operand : weight.operands()) {
                if (sources(operand).contains(source)) {
                    return rowsOf(operand, source);
                }
            }
        }
        return weight.type().shape().get(0);
    }
}
