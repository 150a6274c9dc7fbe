package dev.rnnc.generic;

import dev.rnnc.runtime.spec.Rows;

/** What all operations need: the rows of a value, and moves between them. */
abstract class Operations<A> {
    final RunContext<A> context;
    final Kernels<A> kernels;

    Operations(RunContext<A> context) {
        this.context = context;
        this.kernels = context.kernels;
    }

    final int steps(Slot<A> slot) {
        return slot.type.rows() == Rows.SEQUENCE ? context.steps : 1;
    }

    final int batch(Slot<A> slot) {
        return slot.type.rows() == Rows.NONE ? 1 : context.batch;
    }

    final void zero(Slot<A> y) {
        kernels.fill(y.reals, y.offset, y.size, 0);
    }

    final void copy(Slot<A> x, int from, Slot<A> y, int to, int size) {
        System.arraycopy(x.array(), from, y.array(), to, size);
    }

    final int token(Slot<A> tokens, int t, int b, int size) {
        int token = tokens.tokens[tokens.row(t, b)];
        if (token < 0 || token >= size) {
            throw new IndexOutOfBoundsException(
                    "token " + token + " at step " + t + ", row " + b + " is not below " + size);
        }
        return token;
    }

    /** The rows of {@code x}, or its single numbers, repeated to those of {@code y}. */
    final void expand(Slot<A> x, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                if (x.width == y.width) {
                    copy(x, x.row(t, b), y, y.row(t, b), y.width);
                } else {
                    kernels.fill(y.reals, y.row(t, b), y.width, kernels.get(x.reals, x.row(t, b)));
                }
            }
        }
    }
}
