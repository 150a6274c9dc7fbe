package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Argument;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Expression.UnaryOperator;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lowers products with weights to register tiles: some rows by some vectors of accumulators, one multiply-add for each
 * at every step along the contraction. Each output is one chain of multiply-adds in the order of the contraction, so its
 * bits depend neither on the lanes nor on the tile.
 */
final class Products {
    /**
     * The longest run of a contraction that one pass over the rows takes: a panel of it stays in the second cache from tile
     * to tile. A longer one is cut; each pass but the first starts from what the one before has stored.
     */
    private static final int LONGEST = 2048;

    /** Bytes of weights from which on turning pays; the first cache holds 32 to 48 KiB. */
    private static final int TURNED = 64 * 1024;

    private final Context context;
    private final Packing packing;

    Products(Context context, Packing packing) {
        this.context = context;
        this.packing = packing;
    }

    /** Brings a start value into the layout of the result. */
    interface Align {
        View align(Value initial, View result, Rows rows, List<Step> out);
    }

    /**
     * The calls that compute {@code weight @ x}, or with its transpose, from the third operand or from zero.
     *
     * @param x the second operand
     * @param rows how many rows of it there are and of the result, from the first of their views on
     */
    List<Step> lower(Value v, View x, Index rows, Align align, List<Step> out) {
        boolean transposed = v.op() instanceof Op.Product;
        Value weight = v.operand(0);
        View y = context.view(v);
        View initial =
                v.operands().size() == 3 ? align.align(v.operand(2), y, v.type().rows(), out) : null;
        Rows initialRows = initial == null ? null : v.operand(2).type().rows();
        int tileRows =
                rows.isConstant() ? Math.min(context.target.tileRows(), rows.constant()) : context.target.tileRows();
        boolean started = initial != null
                && (tileRows == 1 || !Context.isRepeated(initialRows, v.type().rows()));
        int length = x.width();
        int passes = x.parts().size() == 1 ? Math.ceilDiv(length, LONGEST) : 1;
        int widest = started || passes > 1
                ? context.target.startedTileVectors(tileRows)
                : context.target.tileVectors(tileRows);
        if (x.parts().size() > 1) {
            widest = Math.min(widest, context.target.piecedTileVectors());
        }
        boolean rounded = v.op() instanceof Op.Product product && product.rounded();
        Optional<Argument> turn = turn(rows, (long) length * y.width() * context.precision.bytes());
        if (turn.isPresent() && tileRows == 1 && !rounded) {
            widest = Math.min(widest, context.target.turnedTileVectors());
        }
        Panels.Widths widths = new Panels.Widths(widest, tileRows == 1, tileRows < context.target.tileRows(), rounded);
        List<Step> steps = new ArrayList<>();
        for (Panels panels : packing.pack(weight, transposed, y.parts(), widths, rounded, out)) {
            int multiple = rows.isConstant() ? rows.constant() : context.batch;
            int height = panels.vectors() == 1 && tileRows == context.target.tileRows()
                    ? context.target.narrowTileRows(multiple)
                    : tileRows;
            int left = multiple % height;
            for (int pass = 0; pass < passes; pass++) {
                int from = (int) ((long) length * pass / passes);
                int size = (int) ((long) length * (pass + 1) / passes) - from;
                View piece = passes == 1 ? x : x.slice(from, size);
                View start = pass == 0 ? initial : y;
                Rows startRows = pass == 0 ? initialRows : v.type().rows();
                steps.add(tiles(v, panels, from, piece, y, start, startRows, rows, height, turn, false));
                if (left != 0) {
                    steps.add(tiles(v, panels, from, piece, y, start, startRows, rows, height, turn, true));
                }
            }
        }
        return steps;
    }

    /**
     * What says from which end the panels are read, for a product that comes again and again and whose weights do not fit
     * into the first cache: the panels that one time read last, and that are still in a cache, the next one reads first.
     * Between two runs of a program of one step other weights pass through the caches too.
     */
    private Optional<Argument> turn(Index rows, long bytes) {
        if (bytes < TURNED || !rows.isConstant()) {
            return Optional.empty();
        }
        if (context.steps == 1) {
            return bytes == TURNED ? Optional.empty() : Optional.of(new Argument.EveryOtherRun());
        }
        return context.beforeLoop == null ? Optional.empty() : Optional.of(new Argument.EveryOther(Index.of("t")));
    }

    private Step tiles(
            Value v,
            Panels panels,
            int fromLine,
            View x,
            View y,
            View initial,
            Rows initialRows,
            Index rows,
            int tileRows,
            Optional<Argument> turn,
            boolean rest) {
        KernelBuilder kernel = new KernelBuilder();
        boolean repeated =
                initial != null && Context.isRepeated(initialRows, v.type().rows());
        int lanes = context.lanes();
        int width = panels.vectors() * lanes;
        int length = x.width();
        Index firstLine = fromLine == 0
                ? Index.ZERO
                : Index.of(kernel.integer("firstLine", new Argument.Number(Index.of(fromLine))));
        int height = rest ? 1 : tileRows;
        String xName = kernel.segment(x.buffer(), "x");
        String weights = kernel.segment(panels.buffer(), "weights");
        String initialName = initial == null ? null : kernel.segment(initial.buffer(), "initial");
        String yName = kernel.segment(y.buffer(), "y");
        Index xBase = kernel.outer(x.base(), "xAt");
        Index initialBase = initial == null ? null : kernel.outer(initial.base(), "initialAt");
        Index yBase = kernel.outer(y.base(), "yAt");
        Index from = rest ? bound(kernel, "firstRow", rows, tileRows) : Index.ZERO;
        Index to = rest ? kernel.outer(rows, "rows") : bound(kernel, "rows", rows, tileRows);
        Consumer<Index> statements = panel -> kernel.loop("row", from, to, height, row -> {
            Index column = panel.times(width).plus(panels.column());
            Local[][] sums = new Local[height][panels.vectors()];
            for (int j = 0; j < panels.vectors(); j++) {
                for (int i = 0; i < height; i++) {
                    Expression start = new Expression.Constant(0, Shape.VECTOR);
                    if (repeated && i > 0) {
                        start = new Expression.Read(sums[0][j]);
                    } else if (initial != null) {
                        Index inRow = repeated ? Index.ZERO : row.plus(i).times(initial.stride());
                        start = KernelBuilder.load(
                                initialName,
                                initialBase
                                        .plus(inRow)
                                        .plus(column)
                                        .plus(initial.parts().get(0).offset() + j * lanes),
                                Shape.VECTOR);
                    }
                    sums[i][j] = kernel.variable("sum" + i + j, start);
                }
            }
            Index done = firstLine;
            for (View.Part part : x.parts()) {
                Index first = done;
                kernel.loop("k", Index.ZERO, Index.of(part.size()), 1, k -> {
                    Expression[] w = weights(kernel, weights, panels, panel, k.plus(first));
                    for (int i = 0; i < height; i++) {
                        Index at = xBase.plus(row.plus(i).times(x.stride()))
                                .plus(k)
                                .plus(part.offset() - fromLine)
                                .plus(firstLine);
                        Expression xi = kernel.define(
                                "x" + i, new Expression.Broadcast(KernelBuilder.load(xName, at, Shape.SCALAR)));
                        for (int j = 0; j < w.length; j++) {
                            kernel.add(new Statement.Assign(
                                    sums[i][j], new Expression.MultiplyAdd(xi, w[j], new Expression.Read(sums[i][j]))));
                        }
                    }
                });
                done = done.plus(part.size());
            }
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < panels.vectors(); j++) {
                    Index at = yBase.plus(row.plus(i).times(y.stride()))
                            .plus(column)
                            .plus(y.parts().get(0).offset() + j * lanes);
                    kernel.add(new Statement.Store(yName, at, new Expression.Read(sums[i][j])));
                }
            }
        });
        turn.ifPresentOrElse(
                argument -> kernel.loopEitherWay("panel", panels.count(), argument, statements),
                () -> kernel.loop("panel", Index.ZERO, Index.of(panels.count()), 1, statements));
        String name = "product" + length + "x" + panels.count() * width + (rest ? "_rest" : "");
        String order = turn.isPresent() && panels.count() > 1 ? ", panels from the end that the caller says" : "";
        String comment = "Tiles of " + height + " rows by " + panels.vectors() + " vectors" + order + ".";
        return kernel.call(context.kernels, name, comment, Comments.of(v.origin()));
    }

    /** The weights of line {@code k} of a panel. */
    private Expression[] weights(KernelBuilder kernel, String memory, Panels panels, Index panel, Index k) {
        Expression[] w = new Expression[panels.vectors()];
        for (int word = 0; word < panels.words(); word++) {
            Expression read = KernelBuilder.load(memory, panels.at(panel, k, word, context.lanes()), Shape.VECTOR);
            if (!panels.rounded()) {
                w[word] = kernel.define("w" + word, read);
                continue;
            }
            Expression pair = kernel.define("pair" + word, read);
            for (int half = 0; half < 2 && 2 * word + half < w.length; half++) {
                UnaryOperator operator = half == 0 ? UnaryOperator.LOWER_HALF : UnaryOperator.UPPER_HALF;
                int j = 2 * word + half;
                w[j] = kernel.define("w" + j, new Expression.Unary(operator, pair));
            }
        }
        return w;
    }

    private static Index bound(KernelBuilder kernel, String role, Index rows, int multiple) {
        return rows.isConstant()
                ? Index.of(rows.constant() / multiple * multiple)
                : Index.of(kernel.integer(role, new Argument.RoundedDown(rows, multiple)));
    }
}
