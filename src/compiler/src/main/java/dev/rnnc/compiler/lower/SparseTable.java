package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Expression;
import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * A table's gradient that is zero but in the rows it lists, so that a run need not zero it all: it zeroes the rows that
 * the list has from runs before, writes its own tokens into the list, and adds to their rows. A run of fewer steps than
 * the one before leaves entries behind, which stand for rows that are zero; the list is read to its end each time.
 *
 * @param home the gradient, dense
 * @param lists memory for the tokens of each lookup, which starts as zeros: row 0, of a gradient that starts as zeros
 */
record SparseTable(View home, List<View> lists) {
    /** That of a gradient, whose lists are ports of the program; null where it has none. */
    static SparseTable of(Graph.Root root, View home, ProgramSpec spec, Buffers buffers) {
        List<View> lists = new ArrayList<>();
        for (PortSpec port : spec.ports()) {
            if (port.role() == Role.TOUCHED_ROWS && port.name().equals(PortSpec.touched(root.name(), lists.size()))) {
                lists.add(buffers.port(port));
            }
        }
        return lists.isEmpty() ? null : new SparseTable(home, lists);
    }

    /** Zeroes the listed rows of {@code table}: the gradient, or memory with room behind each row for whole vectors. */
    List<Step> zero(Context context, View table, Comment comment) {
        List<Step> steps = new ArrayList<>();
        for (View list : lists) {
            KernelBuilder kernel = new KernelBuilder();
            String indices = kernel.segment(list.buffer(), "touched");
            String target = kernel.segment(table.buffer(), "table");
            Index all = Index.of(Math.toIntExact(list.buffer().elements()));
            kernel.loop("row", Index.ZERO, all, 1, row -> {
                Index line = line(kernel, indices, row, table);
                columns(context, kernel, table, (at, shape) -> {
                    Index to = line.plus(at).plus(table.parts().getFirst().offset());
                    kernel.add(new Statement.Store(target, to, new Expression.Constant(0, shape)));
                });
            });
            steps.add(kernel.call(context.kernels, "zeroRows" + table.width(), "", comment));
        }
        return steps;
    }

    /** Copies the rows of this run's tokens from memory of the same rows into the gradient. */
    Step copy(Context context, View table, View tokens, Index count, Comment comment) {
        KernelBuilder kernel = new KernelBuilder();
        String indices = kernel.segment(tokens.buffer(), "tokens");
        String source = kernel.segment(table.buffer(), "source");
        String target = kernel.segment(home.buffer(), "target");
        Index first = kernel.outer(tokens.base(), "tokensAt");
        kernel.loop("row", Index.ZERO, kernel.outer(count, "count"), 1, row -> {
            Expression token = kernel.define("token", new Expression.LoadToken(indices, first.plus(row)));
            Index number = Index.of(((Expression.Read) token).local().name());
            columns(context, kernel, home, (at, shape) -> {
                Index from = number.times(table.stride())
                        .plus(at)
                        .plus(table.parts().getFirst().offset());
                Expression value = KernelBuilder.load(source, from, shape);
                kernel.add(
                        new Statement.Store(target, number.times(home.stride()).plus(at), value));
            });
        });
        return kernel.call(context.kernels, "copyRows" + home.width(), "", comment);
    }

    private static Index line(KernelBuilder kernel, String indices, Index row, View table) {
        Expression token = kernel.define("token", new Expression.LoadToken(indices, row));
        return Index.of(((Expression.Read) token).local().name()).times(table.stride());
    }

    private interface Column {
        void element(Index at, Shape shape);
    }

    /** The elements of a row: in vectors, which may run over its end where the rows are padded, else up to the last one. */
    private static void columns(Context context, KernelBuilder kernel, View table, Column column) {
        int lanes = context.lanes();
        int width = table.width();
        int whole = table.stride() > width ? context.vectorsOf(width) * lanes : width / lanes * lanes;
        if (whole > 0) {
            kernel.loop("j", Index.ZERO, Index.of(whole), lanes, j -> column.element(j, Shape.VECTOR));
        }
        if (whole < width) {
            kernel.loop("j", Index.of(whole), Index.of(width), 1, j -> column.element(j, Shape.SCALAR));
        }
    }
}
