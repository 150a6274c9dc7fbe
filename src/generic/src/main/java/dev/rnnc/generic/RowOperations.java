package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Op;
import java.util.List;

/** Operations on the features of each row: folds, parts, choices by token. */
final class RowOperations<A> extends Operations<A> {
    RowOperations(RunContext<A> context) {
        super(context);
    }

    void reduce(Op.Fold fold, Slot<A> x, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                kernels.set(
                        y.reals,
                        y.row(t, b),
                        switch (fold) {
                            case SUM -> kernels.sum(x.reals, x.row(t, b), x.width);
                            case MAXIMUM -> kernels.maximum(x.reals, x.row(t, b), x.width);
                        });
            }
        }
    }

    void slice(int from, Slot<A> x, Slot<A> y) {
        int start = from * (x.width / x.type.shape().getFirst());
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                copy(x, x.row(t, b) + start, y, y.row(t, b), y.width);
            }
        }
    }

    void concat(List<Slot<A>> in, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int to = y.row(t, b);
                for (int i = 0; i < in.size(); i++) {
                    Slot<A> x = in.get(i);
                    copy(x, x.row(t, b), y, to, x.width);
                    to += x.width;
                }
            }
        }
    }

    void pick(Slot<A> x, Slot<A> tokens, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int token = token(tokens, t, b, x.width);
                kernels.set(y.reals, y.row(t, b), kernels.get(x.reals, x.row(t, b) + token));
            }
        }
    }

    void oneHot(Slot<A> tokens, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                kernels.set(y.reals, y.row(t, b) + token(tokens, t, b, y.width), 1);
            }
        }
    }

    void featureMask(Slot<A> lengths, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int length = lengths.tokens[lengths.row(t, b)];
                kernels.fill(y.reals, y.row(t, b), Math.clamp(length, 0, y.width), 1);
            }
        }
    }
}
