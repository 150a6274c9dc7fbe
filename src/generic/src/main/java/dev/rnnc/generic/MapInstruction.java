package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/**
 * An element-wise function. Loops over as many elements at a time as the operands' broadcasting allows: over all of
 * them, over those of a time step, or over those of a row.
 */
final class MapInstruction<A> implements Runnable {
    private final Function function;
    private final Kernels<A> kernels;
    private final Slot<A> y;
    private final Slot<A> a;
    private final Slot<A> b;
    private final Slot<A> c;
    private final int steps;
    private final int rows;
    private final int size;
    private final int as;
    private final int bs;
    private final int cs;

    MapInstruction(Function function, Slot<A> y, List<Slot<A>> in, RunContext<A> context) {
        this.function = function;
        this.kernels = context.kernels;
        this.y = y;
        this.a = in.getFirst();
        this.b = in.get(Math.min(1, in.size() - 1));
        this.c = in.get(in.size() - 1);
        boolean sequence = y.type.rows() == Rows.SEQUENCE;
        int allSteps = sequence ? context.steps : 1;
        int allRows = y.type.rows() == Rows.NONE ? 1 : context.batch;
        boolean overAll =
                in.stream().allMatch(x -> isNumber(x) || x.width == y.width && x.type.rows() == y.type.rows());
        boolean overStep = in.stream().allMatch(x -> isNumber(x) || x.width == y.width && x.type.rows() != Rows.NONE);
        this.steps = overAll ? 1 : allSteps;
        this.rows = overAll || overStep ? 1 : allRows;
        this.size = y.width * (overAll ? allSteps * allRows : overStep ? allRows : 1);
        boolean byRow = !overAll && !overStep;
        this.as = stride(a, byRow);
        this.bs = stride(b, byRow);
        this.cs = stride(c, byRow);
    }

    @Override
    public void run() {
        for (int t = 0; t < steps; t++) {
            for (int r = 0; r < rows; r++) {
                kernels.map(
                        function,
                        size,
                        y.reals,
                        y.row(t, r),
                        a.reals,
                        a.row(t, r),
                        as,
                        b.reals,
                        b.row(t, r),
                        bs,
                        c.reals,
                        c.row(t, r),
                        cs);
            }
        }
    }

    private boolean isNumber(Slot<A> x) {
        return x.width == 1 && x.type.rows() == Rows.NONE;
    }

    private int stride(Slot<A> x, boolean byRow) {
        return byRow ? (x.width == y.width ? 1 : 0) : (isNumber(x) ? 0 : 1);
    }
}
