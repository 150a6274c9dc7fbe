package dev.rnnc.generic;

import dev.rnnc.runtime.math.Bfloat16;
import java.util.ArrayList;
import java.util.List;

/** Products with matrices and tables, and the sums over rows that are their gradients. */
final class SumOperations<A> extends Operations<A> {
    SumOperations(RunContext<A> context) {
        super(context);
    }

    void lookup(Slot<A> table, Slot<A> tokens, Slot<A> y) {
        int size = table.type.shape().getFirst();
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                copy(table, table.offset + token(tokens, t, b, size) * y.width, y, y.row(t, b), y.width);
            }
        }
    }

    /** {@code in}: rows and their tokens in turn. */
    void tableSum(List<Slot<A>> in, Slot<A> y) {
        zero(y);
        for (int i = 0; i < in.size(); i += 2) {
            addByToken(in.get(i), in.get(i + 1), y);
        }
    }

    private void addByToken(Slot<A> x, Slot<A> tokens, Slot<A> y) {
        Slot<A> most = x.type.rows().compareTo(tokens.type.rows()) >= 0 ? x : tokens;
        int size = y.type.shape().getFirst();
        for (int t = 0; t < steps(most); t++) {
            for (int b = 0; b < batch(most); b++) {
                int row = y.offset + token(tokens, t, b, size) * x.width;
                kernels.add(x.width, y.reals, row, x.reals, x.row(t, b));
            }
        }
    }

    void sumRows(Slot<A> x, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(x); t++) {
            for (int b = 0; b < batch(x); b++) {
                kernels.add(x.width, y.reals, y.row(t, b), x.reals, x.row(t, b));
            }
        }
    }

    /** A product that rounds its weight to bfloat16. */
    Runnable rounded(List<Slot<A>> in, Slot<A> y) {
        Slot<A> weight = in.get(0);
        Slot<A> copy = new Slot<>(weight.type, kernels.allocate(weight.size), null, context);
        List<Slot<A>> operands = new ArrayList<>(in);
        operands.set(0, copy);
        return () -> {
            for (int i = 0; i < weight.size; i++) {
                double element = kernels.get(weight.reals, weight.offset + i);
                kernels.set(copy.reals, i, Bfloat16.round((float) element));
            }
            product(operands, y, false);
        };
    }

    void product(List<Slot<A>> in, Slot<A> y, boolean transposed) {
        Slot<A> weight = in.get(0);
        Slot<A> x = in.get(1);
        int m = weight.type.shape().get(0);
        int k = weight.type.shape().get(1);
        if (in.size() == 3) {
            expand(in.get(2), y);
        } else {
            zero(y);
        }
        // One call for all rows where the operand has as many as the result.
        boolean even = x.type.rows() == y.type.rows();
        int calls = even ? 1 : steps(y);
        int rows = even ? steps(y) * batch(y) : batch(y);
        for (int t = 0; t < calls; t++) {
            if (transposed) {
                kernels.transposedProduct(
                        weight.reals,
                        weight.offset,
                        m,
                        k,
                        x.reals,
                        x.row(t, 0),
                        x.rowStride,
                        y.reals,
                        y.row(t, 0),
                        rows);
            } else {
                kernels.product(
                        weight.reals,
                        weight.offset,
                        m,
                        k,
                        x.reals,
                        x.row(t, 0),
                        x.rowStride,
                        y.reals,
                        y.row(t, 0),
                        rows);
            }
        }
    }

    void outerSum(Slot<A> a, Slot<A> b, Slot<A> y) {
        zero(y);
        Slot<A> most = a.type.rows().compareTo(b.type.rows()) >= 0 ? a : b;
        boolean even = a.type.rows() == b.type.rows();
        int calls = even ? 1 : steps(most);
        int rows = even ? steps(most) * batch(most) : batch(most);
        for (int t = 0; t < calls; t++) {
            kernels.outerSum(
                    y.reals,
                    y.offset,
                    a.width,
                    b.width,
                    a.reals,
                    a.row(t, 0),
                    a.rowStride,
                    b.reals,
                    b.row(t, 0),
                    b.rowStride,
                    rows);
        }
    }
}
