package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Lowers weight gradients: the outer products of all steps in one kernel, {@code sum over rows of a b^T}. Rows are added in
 * their order, whatever the tiles.
 */
final class OuterSums {
    /** Rows of one pass of a weight gradient: what is read again for each tile then stays in the caches. */
    private static final int CHUNK = 128;
    /**
     * Vectors and rows of a register tile of a weight gradient. Twelve accumulators hide the latency of a multiply-add on
     * 16 registers as on 32; a tile narrower than a product's reads few lines of each row, which then meet less often in
     * the same places of the first cache. HotSpot's first compiler refused tiles of 4 x 4 in some processes: each of their
     * sums is loaded and stored, and C1 gives every such access about a hundred of its virtual registers.
     */
    private static final int TILE_VECTORS = 2;

    private static final int TILE_ROWS = 6;
    /** Rows of a tile of one vector. */
    private static final int NARROW_TILE_ROWS = 8;
    /** Features of {@code a} above which a chunk of them, in float, does not stay in a second cache of a megabyte. */
    private static final int WIDE = 2048;

    private final Context context;
    private final Copies copies;

    OuterSums(Context context, Copies copies) {
        this.context = context;
        this.copies = copies;
    }

    /** {@code sum over rows of a b^T} in register tiles, chunk by chunk of the rows. */
    List<Step> lower(Value v, View a, View b, Rows rows) {
        View sum = context.view(v);
        List<Step> steps = new ArrayList<>();
        steps.add(copies.zero(sum, v.type(), Comments.of(v.origin())));
        List<Step> chunk = new ArrayList<>();
        for (int p = 0; p < b.parts().size(); p++) {
            View.Part columns = b.parts().get(p);
            int total = context.vectorsOf(columns.size());
            int done = 0;
            while (done < total) {
                int vectors = Math.min(TILE_VECTORS, total - done);
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

    private void tiles(
            Value v, View a, View b, View sum, int bOffset, int sumOffset, int vectors, int panels, List<Step> steps) {
        int row = 0;
        for (View.Part part : a.parts()) {
            int tile = vectors == 1 ? NARROW_TILE_ROWS : TILE_ROWS;
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
                        part.size() - whole,
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
        BiConsumer<Index, Index> body = (panel, m) -> {
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
                    Index at = bBase.plus(row.times(b.stride())).plus(column).plus(j * lanes);
                    bs[j] = kernel.define("b" + j, KernelBuilder.load(bName, at, Shape.VECTOR));
                }
                for (int i = 0; i < height; i++) {
                    Index at = aBase.plus(row.times(a.stride())).plus(m).plus(i);
                    Expression ai = kernel.define(
                            "a" + i, new Expression.Broadcast(KernelBuilder.load(aName, at, Shape.SCALAR)));
                    for (int j = 0; j < vectors; j++) {
                        kernel.add(new Statement.Assign(
                                sums[i][j], new Expression.MultiplyAdd(ai, bs[j], new Expression.Read(sums[i][j]))));
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
        };
        // A chunk of a wide a does not stay in the second cache while the panels pass over it: it is read once instead.
        if (a.width() > WIDE) {
            kernel.loop(
                    "m",
                    Index.ZERO,
                    Index.of(count),
                    height,
                    m -> kernel.loop("panel", Index.ZERO, Index.of(panels), 1, panel -> body.accept(panel, m)));
        } else {
            kernel.loop(
                    "panel",
                    Index.ZERO,
                    Index.of(panels),
                    1,
                    panel -> kernel.loop("m", Index.ZERO, Index.of(count), height, m -> body.accept(panel, m)));
        }
        return kernel.call(
                context.kernels,
                "outerSum" + count + "x" + panels * vectors * lanes,
                "Tiles of " + height + " rows by " + vectors + " vectors.",
                Comments.of(v.origin()));
    }
}
