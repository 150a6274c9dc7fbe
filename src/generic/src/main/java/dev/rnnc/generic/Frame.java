package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.random.RandomMask;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The values of a graph, or of a body, with their memory, and the instructions that compute them in order. */
final class Frame<A> {
    private final RunContext<A> context;
    private final Kernels<A> kernels;
    private final Map<Value, Slot<A>> slots = new IdentityHashMap<>();
    private final Map<Value, ScanLoop<A>> scans = new IdentityHashMap<>();
    private final List<Runnable> instructions = new ArrayList<>();
    /** The absolute time step, in a body; 0 in a graph. */
    int time;

    private Frame(RunContext<A> context) {
        this.context = context;
        this.kernels = context.kernels;
    }

    /** The frame of a whole graph. */
    static <A> Frame<A> ofGraph(Graph graph, RunContext<A> context) {
        Frame<A> frame = new Frame<>(context);
        graph.values().forEach(frame::add);
        return frame;
    }

    /** The frame of a body, whose leaves have the memory that {@code loop} gives them. */
    static <A> Frame<A> ofBody(Op.Body body, RunContext<A> context, ScanLoop<A> loop) {
        Frame<A> frame = new Frame<>(context);
        for (Value v : body.values()) {
            switch (v.op()) {
                case Op.CarryIn carry -> frame.slots.put(v, loop.carry(carry.index()));
                case Op.StepInput step -> frame.slots.put(v, loop.stepInput(step.index()));
                case Op.Invariant invariant -> frame.slots.put(v, loop.invariant(invariant.index()));
                default -> frame.add(v);
            }
        }
        return frame;
    }

    Slot<A> slot(Value v) {
        return slots.get(v);
    }

    void run() {
        for (int i = 0; i < instructions.size(); i++) {
            instructions.get(i).run();
        }
    }

    private void add(Value v) {
        List<Slot<A>> in = v.operands().stream().map(slots::get).toList();
        if (v.op() instanceof Op.Scan scan) {
            ScanLoop<A> loop = new ScanLoop<>(scan, in, context);
            scans.put(v, loop);
            instructions.add(loop::run);
            return;
        }
        if (v.op() instanceof Op.Result result) {
            slots.put(v, scans.get(v.operand(0)).result(result.index()));
            return;
        }
        Slot<A> y = context.allocate(v.type());
        slots.put(v, y);
        switch (v.op()) {
            case Op.Input _, Op.State _, Op.Parameter _ -> {}
            case Op.Constant constant -> kernels.set(y.reals, 0, constant.value());
            case Op.RowCount count -> kernels.set(y.reals, 0, rows(count.rows()));
            case Op.RandomMask mask -> instructions.add(() -> mask(mask, y));
            case Op.Map map -> instructions.add(new MapInstruction<>(map.function(), y, in, context));
            case Op.Detach _, Op.Expand _ -> instructions.add(() -> expand(in.getFirst(), y));
            case Op.Reduce reduce -> instructions.add(() -> reduce(reduce.fold(), in.getFirst(), y));
            case Op.Slice slice -> instructions.add(() -> slice(slice.from(), in.getFirst(), y));
            case Op.Concat _ -> instructions.add(() -> concat(in, y));
            case Op.Pick _ -> instructions.add(() -> pick(in.get(0), in.get(1), y));
            case Op.OneHot _ -> instructions.add(() -> oneHot(in.getFirst(), y));
            case Op.FeatureMask _ -> instructions.add(() -> featureMask(in.getFirst(), y));
            case Op.StepMask mask -> instructions.add(() -> stepMask(mask.kind(), in.getFirst(), y));
            case Op.Product _ -> instructions.add(() -> product(in, y, false));
            case Op.TransposedProduct _ -> instructions.add(() -> product(in, y, true));
            case Op.Lookup _ -> instructions.add(() -> lookup(in.get(0), in.get(1), y));
            case Op.SumRows _ -> instructions.add(() -> sumRows(in.getFirst(), y));
            case Op.OuterSum _ -> instructions.add(() -> outerSum(in.get(0), in.get(1), y));
            case Op.TableSum _ -> instructions.add(() -> tableSum(in.get(0), in.get(1), y));
            case Op.StepAt step -> {
                int t = step(step.index());
                instructions.add(
                        () -> copy(in.getFirst(), in.getFirst().row(t, 0), y, y.offset, context.batch * y.width));
            }
            case Op.StepPad pad -> {
                int t = step(pad.index());
                instructions.add(
                        () -> copy(in.getFirst(), in.getFirst().offset, y, y.row(t, 0), context.batch * y.width));
            }
            case Op.CarryIn _, Op.StepInput _, Op.Invariant _, Op.Scan _, Op.Result _ ->
                throw new IllegalArgumentException(v.op() + " outside a body");
        }
    }

    private int rows(Rows rows) {
        return switch (rows) {
            case NONE -> 1;
            case BATCH -> context.batch;
            case SEQUENCE -> context.steps * context.batch;
        };
    }

    private int steps(Slot<A> slot) {
        return slot.type.rows() == Rows.SEQUENCE ? context.steps : 1;
    }

    private int batch(Slot<A> slot) {
        return slot.type.rows() == Rows.NONE ? 1 : context.batch;
    }

    private int step(int index) {
        int t = index < 0 ? context.steps + index : index;
        if (t < 0 || t >= context.steps) {
            throw new IllegalArgumentException("time step " + index + " of a sequence of " + context.steps);
        }
        return t;
    }

    private void zero(Slot<A> y) {
        kernels.fill(y.reals, y.offset, y.size, 0);
    }

    private void copy(Slot<A> x, int from, Slot<A> y, int to, int size) {
        System.arraycopy(x.array(), from, y.array(), to, size);
    }

    private int token(Slot<A> tokens, int t, int b, int size) {
        int token = tokens.tokens[tokens.row(t, b)];
        if (token < 0 || token >= size) {
            throw new IndexOutOfBoundsException(
                    "token " + token + " at step " + t + ", row " + b + " is not below " + size);
        }
        return token;
    }

    private void mask(Op.RandomMask mask, Slot<A> y) {
        long key = RandomMask.key(context.seed, mask.stream());
        int size = y.size;
        long first = (long) time * batch(y) * y.width;
        for (int i = 0; i < size; i++) {
            kernels.set(y.reals, y.offset + i, RandomMask.value(key, first + i, mask.keep()));
        }
    }

    private void expand(Slot<A> x, Slot<A> y) {
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

    private void reduce(Op.Fold fold, Slot<A> x, Slot<A> y) {
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

    private void slice(int from, Slot<A> x, Slot<A> y) {
        int start = from * (x.width / x.type.shape().getFirst());
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                copy(x, x.row(t, b) + start, y, y.row(t, b), y.width);
            }
        }
    }

    private void concat(List<Slot<A>> in, Slot<A> y) {
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

    private void pick(Slot<A> x, Slot<A> tokens, Slot<A> y) {
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int token = token(tokens, t, b, x.width);
                kernels.set(y.reals, y.row(t, b), kernels.get(x.reals, x.row(t, b) + token));
            }
        }
    }

    private void oneHot(Slot<A> tokens, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                kernels.set(y.reals, y.row(t, b) + token(tokens, t, b, y.width), 1);
            }
        }
    }

    private void featureMask(Slot<A> lengths, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                int length = lengths.tokens[lengths.row(t, b)];
                kernels.fill(y.reals, y.row(t, b), Math.clamp(length, 0, y.width), 1);
            }
        }
    }

    private void stepMask(Op.MaskKind kind, Slot<A> lengths, Slot<A> y) {
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

    private void lookup(Slot<A> table, Slot<A> tokens, Slot<A> y) {
        int size = table.type.shape().getFirst();
        for (int t = 0; t < steps(y); t++) {
            for (int b = 0; b < batch(y); b++) {
                copy(table, table.offset + token(tokens, t, b, size) * y.width, y, y.row(t, b), y.width);
            }
        }
    }

    private void tableSum(Slot<A> x, Slot<A> tokens, Slot<A> y) {
        zero(y);
        Slot<A> most = x.type.rows().compareTo(tokens.type.rows()) >= 0 ? x : tokens;
        int size = y.type.shape().getFirst();
        for (int t = 0; t < steps(most); t++) {
            for (int b = 0; b < batch(most); b++) {
                int row = y.offset + token(tokens, t, b, size) * x.width;
                kernels.add(x.width, y.reals, row, x.reals, x.row(t, b));
            }
        }
    }

    private void sumRows(Slot<A> x, Slot<A> y) {
        zero(y);
        for (int t = 0; t < steps(x); t++) {
            for (int b = 0; b < batch(x); b++) {
                kernels.add(x.width, y.reals, y.row(t, b), x.reals, x.row(t, b));
            }
        }
    }

    private void product(List<Slot<A>> in, Slot<A> y, boolean transposed) {
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

    private void outerSum(Slot<A> a, Slot<A> b, Slot<A> y) {
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
