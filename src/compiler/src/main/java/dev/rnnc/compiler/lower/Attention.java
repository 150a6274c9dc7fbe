package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Local;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.Rows;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Lowers attention between sequences. All three operations are sums of rows times numbers, one chain of multiply-adds
 * for each output, so that lanes do not change its bits; scores are brought to that form by transposing the keys.
 */
final class Attention {
    /** Vectors of one pass over the rows that are summed. */
    private static final int VECTORS = 4;

    private final Context context;
    private final Copies copies;
    private final Map<Value, View> transposed = new IdentityHashMap<>();

    Attention(Context context) {
        this.context = context;
        this.copies = new Copies(context);
    }

    /** {@link Op.Scores}. */
    void scores(Value v, List<Step> out) {
        int size = v.type().width();
        if (size < context.steps) {
            throw new IllegalArgumentException(
                    "attention over " + size + " steps in a program of " + context.steps + " steps");
        }
        View queries = whole(v.operand(0), out);
        View keys = keys(v.operand(1), size, out);
        int width = v.operand(0).type().width();
        result(v, out, to -> {
            KernelBuilder kernel = new KernelBuilder();
            Memory q = new Memory(kernel, queries, "queries");
            Memory k = new Memory(kernel, keys, "keys");
            Memory y = new Memory(kernel, to, "scores");
            rows(
                    kernel,
                    v.type().rows(),
                    (row, sequence) -> sums(
                            kernel,
                            size,
                            Index.of(width),
                            d -> q.load(row, d, Shape.SCALAR),
                            d -> k.at(sequence.times(width).plus(d)),
                            k,
                            y.at(row),
                            y));
            return kernel.call(context.kernels, "scores" + width + "x" + size, "", Comments.of(v.origin()));
        });
    }

    /** {@link Op.Mix}. */
    void mix(Value v, List<Step> out) {
        View weights = whole(v.operand(0), out);
        View values = whole(v.operand(1), out);
        int width = v.type().width();
        result(v, out, to -> {
            KernelBuilder kernel = new KernelBuilder();
            Memory w = new Memory(kernel, weights, "weights");
            Memory x = new Memory(kernel, values, "values");
            Memory y = new Memory(kernel, to, "mixed");
            Index steps = kernel.outer(context.buffers.steps(), "steps");
            rows(
                    kernel,
                    v.type().rows(),
                    (row, sequence) -> sums(
                            kernel,
                            width,
                            steps,
                            s -> w.load(row, s, Shape.SCALAR),
                            s -> x.at(s.times(context.batch).plus(sequence)),
                            x,
                            y.at(row),
                            y));
            return kernel.call(context.kernels, "mix" + width, "", Comments.of(v.origin()));
        });
    }

    /** {@link Op.MixBack}. */
    void mixBack(Value v, List<Step> out) {
        View weights = whole(v.operand(0), out);
        View values = whole(v.operand(1), out);
        int width = v.type().width();
        boolean sequences = v.operand(0).type().rows() == Rows.SEQUENCE;
        result(v, out, to -> {
            KernelBuilder kernel = new KernelBuilder();
            Memory w = new Memory(kernel, weights, "weights");
            Memory x = new Memory(kernel, values, "values");
            Memory y = new Memory(kernel, to, "mixed");
            Index steps = kernel.outer(context.buffers.steps(), "steps");
            kernel.loop(
                    "s",
                    Index.ZERO,
                    steps,
                    1,
                    s -> rows(
                            kernel,
                            Rows.BATCH,
                            (_, sequence) -> sums(
                                    kernel,
                                    width,
                                    sequences ? steps : Index.of(1),
                                    t -> w.load(t.times(context.batch).plus(sequence), s, Shape.SCALAR),
                                    t -> x.at(t.times(context.batch).plus(sequence)),
                                    x,
                                    y.at(s.times(context.batch).plus(sequence)),
                                    y)));
            return kernel.call(context.kernels, "mixBack" + width, "", Comments.of(v.origin()));
        });
    }

    /** A view as a kernel sees it. */
    private record Memory(String segment, Index base, int stride) {
        Memory(KernelBuilder kernel, View view, String role) {
            this(
                    kernel.segment(view.buffer(), role),
                    kernel.outer(view.base(), role + "At")
                            .plus(view.parts().getFirst().offset()),
                    view.stride());
        }

        Index at(Index row) {
            return base.plus(row.times(stride));
        }

        Expression load(Index row, Index column, Shape shape) {
            return KernelBuilder.load(segment, at(row).plus(column), shape);
        }
    }

    /** Loops over rows; {@code body} gets the number of the row and that of its sequence. */
    private void rows(KernelBuilder kernel, Rows rows, BiConsumer<Index, Index> body) {
        if (rows == Rows.SEQUENCE) {
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
                            row -> body.accept(step.times(context.batch).plus(row), row)));
        } else {
            kernel.loop("row", Index.ZERO, Index.of(context.batch), 1, row -> body.accept(row, row));
        }
    }

    /** Stores at {@code to} the sum over {@code k} below {@code count} of {@code factor(k)} times the row at {@code row(k)}. */
    private void sums(
            KernelBuilder kernel,
            int width,
            Index count,
            java.util.function.Function<Index, Expression> factor,
            UnaryOperator<Index> row,
            Memory source,
            Index to,
            Memory target) {
        int lanes = context.lanes();
        int vectors = (width + lanes - 1) / lanes;
        int done = 0;
        while (done < vectors) {
            int tile = Math.min(VECTORS, vectors - done);
            int tiles = (vectors - done) / tile;
            int first = done * lanes;
            kernel.loop("j", Index.of(first), Index.of(first + tiles * tile * lanes), tile * lanes, j -> {
                Local[] sums = new Local[tile];
                for (int i = 0; i < tile; i++) {
                    sums[i] = kernel.variable("sum" + i, new Expression.Constant(0, Shape.VECTOR));
                }
                kernel.loop("k", Index.ZERO, count, 1, k -> {
                    Expression a = kernel.define("factor", new Expression.Broadcast(factor.apply(k)));
                    for (int i = 0; i < tile; i++) {
                        Index at = row.apply(k).plus(j).plus(i * lanes);
                        Expression b = KernelBuilder.load(source.segment(), at, Shape.VECTOR);
                        kernel.add(new Statement.Assign(
                                sums[i], new Expression.MultiplyAdd(a, b, new Expression.Read(sums[i]))));
                    }
                });
                for (int i = 0; i < tile; i++) {
                    Index at = to.plus(j).plus(i * lanes);
                    kernel.add(new Statement.Store(target.segment(), at, new Expression.Read(sums[i])));
                }
            });
            done += tile * tiles;
        }
    }

    /** The keys as {@code [B, D, S]}, zeros from the run's steps on; those that all steps of a loop share only once. */
    private View keys(Value keys, int size, List<Step> out) {
        return keys.op() instanceof Op.Invariant
                ? transposed.computeIfAbsent(keys, k -> transposed(k, size, context.beforeLoop))
                : transposed(keys, size, out);
    }

    private View transposed(Value keys, int size, List<Step> out) {
        View from = whole(keys, out);
        int width = keys.type().width();
        View to = context.buffers.scratch(
                keys.origin() + "_transposed", Math.multiplyExact(context.batch, width), List.of(size));
        KernelBuilder kernel = new KernelBuilder();
        Memory x = new Memory(kernel, from, "keys");
        Memory y = new Memory(kernel, to, "transposed");
        Index steps = kernel.outer(context.buffers.steps(), "steps");
        rows(
                kernel,
                Rows.BATCH,
                (_, sequence) -> kernel.loop("d", Index.ZERO, Index.of(width), 1, d -> {
                    Index line = y.at(sequence.times(width).plus(d));
                    kernel.loop("s", Index.ZERO, steps, 1, s -> {
                        Expression key = x.load(s.times(context.batch).plus(sequence), d, Shape.SCALAR);
                        kernel.add(new Statement.Store(y.segment(), line.plus(s), key));
                    });
                    kernel.loop(
                            "s",
                            steps,
                            Index.of(to.stride()),
                            1,
                            s -> kernel.add(new Statement.Store(
                                    y.segment(), line.plus(s), new Expression.Constant(0, Shape.SCALAR))));
                }));
        out.add(kernel.call(context.kernels, "transpose" + width, "", Comments.of(keys.origin())));
        return to;
    }

    /** Where the rows of a value lie in one piece: copied, if need be. */
    private View whole(Value value, List<Step> out) {
        View view = context.view(value);
        if (view.isContiguous()) {
            return view;
        }
        Type type = value.type();
        View copy = context.buffers.scratch(value.origin() + "_whole", type);
        out.add(copies.copy(view, copy, type, Comments.of("", value.origin())));
        return copy;
    }

    /** Computes a result of which each row is in one piece, and cuts it if it must be in several. */
    private void result(Value v, List<Step> out, java.util.function.Function<View, Step> compute) {
        View place = context.view(v);
        View whole = place.isContiguous() ? place : context.buffers.scratch(v.origin() + "_whole", v.type());
        out.add(compute.apply(whole));
        if (!whole.equals(place)) {
            out.add(copies.copy(whole, place, v.type(), Comments.of("", v.origin())));
        }
    }
}
