package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Op;

/** Operations between the steps of a sequence: masks, shifts, attention. */
final class SequenceOperations<A> extends Operations<A> {
    SequenceOperations(RunContext<A> context) {
        super(context);
    }

    void stepMask(Op.MaskKind kind, Slot<A> lengths, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int length = lengths.tokens[lengths.row(t, b)];
                boolean holds = switch (kind) {
                    case VALID -> t < length;
                    case LAST -> t == length - 1;
                };
                kernels.set(y.reals, y.row(t, b), holds ? 1 : 0);
            }
        }
    }

    void shift(boolean backward, Slot<A> x, Slot<A> start, Slot<A> y) {
        for (int t = 0; t < context.steps; t++) {
            int source = backward ? t + 1 : t - 1;
            boolean inside = source >= 0 && source < context.steps;
            for (int b = 0; b < context.batch; b++) {
                if (inside) {
                    copy(x, x.row(source, b), y, y.row(t, b), y.width);
                } else {
                    copy(start, start.row(0, b), y, y.row(t, b), y.width);
                }
            }
        }
    }

    void scores(Slot<A> queries, Slot<A> keys, Slot<A> y) {
        zero(y);
        overSteps(
                queries,
                y.width,
                (t, b, s) -> kernels.product(
                        keys.reals,
                        keys.row(s, b),
                        1,
                        keys.width,
                        queries.reals,
                        queries.row(t, b),
                        0,
                        y.reals,
                        y.row(t, b) + s,
                        1));
    }

    void mix(Slot<A> weights, Slot<A> values, Slot<A> y) {
        zero(y);
        overSteps(
                weights,
                weights.width,
                (t, b, s) -> kernels.transposedProduct(
                        values.reals,
                        values.row(s, b),
                        1,
                        y.width,
                        weights.reals,
                        weights.row(t, b) + s,
                        0,
                        y.reals,
                        y.row(t, b),
                        1));
    }

    void mixBack(Slot<A> weights, Slot<A> x, Slot<A> y) {
        zero(y);
        overSteps(
                weights,
                weights.width,
                (t, b, s) -> kernels.transposedProduct(
                        x.reals,
                        x.row(t, b),
                        1,
                        y.width,
                        weights.reals,
                        weights.row(t, b) + s,
                        0,
                        y.reals,
                        y.row(s, b),
                        1));
    }

    private interface AtStep {
        void run(int t, int b, int s);
    }

    private void overSteps(Slot<A> rows, int size, AtStep body) {
        for (int t = 0; t < steps(rows); t++) {
            for (int b = 0; b < batch(rows); b++) {
                for (int s = 0; s < Math.min(size, context.steps); s++) {
                    body.run(t, b, s);
                }
            }
        }
    }
}
