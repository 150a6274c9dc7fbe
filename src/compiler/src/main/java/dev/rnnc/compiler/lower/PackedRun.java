package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.loop.Index;
import dev.rnnc.compiler.loop.Shape;
import dev.rnnc.compiler.loop.Statement;
import java.util.function.BinaryOperator;

/**
 * Copies a run of a weight's columns to their place in a panel.
 *
 * @param kernel the kernel that copies
 * @param from the segment of the weight
 * @param read where column {@code n} has term {@code k} of the contraction in the weight
 * @param to the segment of the panels
 * @param write where the panel has it; columns follow each other there
 */
record PackedRun(
        KernelBuilder kernel, String from, BinaryOperator<Index> read, String to, BinaryOperator<Index> write) {
    /**
     * Columns that follow each other in the weight too.
     *
     * @param vectors as many of them, from the first on, may go by vectors
     */
    void copy(int vectors, int columns, int terms, int lanes) {
        kernel.loop("k", Index.ZERO, Index.of(terms), 1, k -> {
            if (vectors > 0) {
                kernel.loop("column", Index.ZERO, Index.of(vectors), lanes, n -> move(n, k, Shape.VECTOR));
            }
            if (vectors < columns) {
                kernel.loop("column", Index.of(vectors), Index.of(columns), 1, n -> move(n, k, Shape.SCALAR));
            }
        });
    }

    /** Columns that are rows of the weight, one after another: a short inner loop over columns takes twice the time. */
    void transpose(int columns, int terms) {
        kernel.loop(
                "column",
                Index.ZERO,
                Index.of(columns),
                1,
                n -> kernel.loop("k", Index.ZERO, Index.of(terms), 1, k -> move(n, k, Shape.SCALAR)));
    }

    private void move(Index n, Index k, Shape shape) {
        kernel.add(new Statement.Store(to, write.apply(n, k), KernelBuilder.load(from, read.apply(n, k), shape)));
    }
}
