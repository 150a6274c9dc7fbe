package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Type;
import dev.rnnc.runtime.spec.Element;

/**
 * The memory of a value, dense and row-major. A step input is a window into a sequence: its offset moves.
 *
 * @param <A> {@code double[]} or {@code float[]}
 */
final class Slot<A> {
    final Type type;
    /** The numbers; null for tokens. */
    final A reals;
    /** The tokens; null for numbers. */
    final int[] tokens;
    /** Where the value starts. */
    int offset;
    /** Elements of all rows. */
    final int size;
    /** Elements of one row. */
    final int width;
    /** Elements from one row of a time step to the next; 0 where all rows are the same. */
    final int rowStride;
    /** Elements from one time step to the next; 0 where all steps are the same. */
    final int stepStride;

    Slot(Type type, A reals, int[] tokens, RunContext<A> context) {
        this.type = type;
        this.reals = reals;
        this.tokens = tokens;
        this.size = context.elements(type);
        this.width = type.width();
        this.rowStride = switch (type.rows()) {
            case NONE -> 0;
            case BATCH, SEQUENCE -> width;
        };
        this.stepStride = switch (type.rows()) {
            case NONE, BATCH -> 0;
            case SEQUENCE -> context.batch * width;
        };
    }

    /** The same memory under another type. */
    Slot<A> as(Type other, RunContext<A> context) {
        return new Slot<>(other, reals, tokens, context);
    }

    /** The array that holds the value. */
    Object array() {
        return type.element() == Element.TOKEN ? tokens : reals;
    }

    /** Where a row starts. */
    int row(int step, int row) {
        return offset + step * stepStride + row * rowStride;
    }
}
