package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Buffer;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import java.util.List;

/**
 * Panels of weights rounded to bfloat16. They lie in pairs: one word holds a column of a panel's even vector and the
 * column as many lanes further on, so that a vector of words is two vectors of weights.
 */
final class RoundedPanels {
    private RoundedPanels() {}

    /** {@code full} rounded and in pairs; {@code full} has no strips. */
    static Panels round(Context context, Panels full, Panels.Widths widths, String name, List<Step> out) {
        int lanes = context.lanes();
        int length = full.length();
        int words = (full.vectors() + 1) / 2;
        Buffer buffer = context.buffers.packed(name + "_bf16", (long) full.count() * words * lanes * length);
        Panels pairs =
                new Panels(buffer, full.column(), full.count(), full.vectors(), widths.strip(words), length, true);
        KernelBuilder kernel = new KernelBuilder();
        String from = kernel.segment(full.buffer(), "panels");
        String to = kernel.segment(buffer, "pairs");
        Index count = Index.of(full.count());
        kernel.loop(
                "panel",
                Index.ZERO,
                count,
                1,
                panel -> kernel.loop("k", Index.ZERO, Index.of(length), 1, k -> {
                    for (int first = 0; first < words; first += pairs.strip()) {
                        Index low = full.at(panel, k, 2 * first, lanes);
                        Index at = pairs.at(panel, k, first, lanes);
                        int whole = Math.min(first + pairs.strip(), full.vectors() / 2) - first;
                        if (whole > 0) {
                            kernel.loop(
                                    "word",
                                    Index.ZERO,
                                    Index.of(whole),
                                    1,
                                    word -> pair(
                                            lanes,
                                            kernel,
                                            from,
                                            low.plus(word.times(2 * lanes)),
                                            to,
                                            at.plus(word.times(lanes)),
                                            false));
                        }
                        if (first + whole < Math.min(first + pairs.strip(), words)) {
                            pair(lanes, kernel, from, low.plus(whole * 2 * lanes), to, at.plus(whole * lanes), true);
                        }
                    }
                }));
        out.add(kernel.call(
                context.kernels,
                "round" + full.count() * full.vectors() * lanes + "x" + length,
                "",
                new Comment("weights in bfloat16 for " + buffer.name(), 0)));
        return pairs;
    }

    /** One vector of words from two vectors of weights, or from the one that is left. */
    private static void pair(
            int lanes, KernelBuilder kernel, String from, Index low, String to, Index at, boolean alone) {
        kernel.loop("lane", Index.ZERO, Index.of(lanes), 1, lane -> {
            Expression high = alone
                    ? new Expression.Constant(0, Shape.SCALAR)
                    : KernelBuilder.load(from, low.plus(lane).plus(lanes), Shape.SCALAR);
            Expression first = KernelBuilder.load(from, low.plus(lane), Shape.SCALAR);
            kernel.add(new Statement.Store(to, at.plus(lane), new Expression.Pair(first, high)));
        });
    }
}
