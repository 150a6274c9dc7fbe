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
    private final RowOperations<A> byRow;
    private final SequenceOperations<A> overTime;
    private final SumOperations<A> sums;
    private final Map<Value, Slot<A>> slots = new IdentityHashMap<>();
    private final Map<Value, ScanLoop<A>> scans = new IdentityHashMap<>();
    private final List<Runnable> instructions = new ArrayList<>();
    /** What each instruction computes. */
    private final List<Value> computed = new ArrayList<>();
    /** Whether it is the frame of a body. */
    private final boolean body;
    /** The absolute time step, in a body; 0 in a graph. */
    int time;

    private Frame(RunContext<A> context, boolean body) {
        this.body = body;
        this.context = context;
        this.kernels = context.kernels;
        this.byRow = new RowOperations<>(context);
        this.overTime = new SequenceOperations<>(context);
        this.sums = new SumOperations<>(context);
    }

    /** The frame of a whole graph. */
    static <A> Frame<A> ofGraph(Graph graph, RunContext<A> context) {
        Frame<A> frame = new Frame<>(context, false);
        graph.values().forEach(frame::add);
        return frame;
    }

    /** The frame of a body, whose leaves have the memory that {@code loop} gives them. */
    static <A> Frame<A> ofBody(Op.Body body, RunContext<A> context, ScanLoop<A> loop) {
        Frame<A> frame = new Frame<>(context, true);
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
            if (context.watch != null) {
                context.watch.computed(computed.get(i), this, body ? time : -1);
            }
        }
    }

    private void add(Value v) {
        int before = instructions.size();
        instruction(v);
        if (instructions.size() > before) {
            computed.add(v);
        }
    }

    private void instruction(Value v) {
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
            case Op.TokenConstant token -> y.tokens[0] = token.value();
            case Op.RandomMask mask -> instructions.add(() -> mask(mask, y));
            case Op.Map map -> instructions.add(new MapInstruction<>(map.function(), y, in, context));
            case Op.Detach _, Op.Expand _ -> instructions.add(() -> byRow.expand(in.getFirst(), y));
            case Op.Reduce reduce -> instructions.add(() -> byRow.reduce(reduce.fold(), in.getFirst(), y));
            case Op.Slice slice -> instructions.add(() -> byRow.slice(slice.from(), in.getFirst(), y));
            case Op.Concat _ -> instructions.add(() -> byRow.concat(in, y));
            case Op.Pick _ -> instructions.add(() -> byRow.pick(in.get(0), in.get(1), y));
            case Op.OneHot _ -> instructions.add(() -> byRow.oneHot(in.getFirst(), y));
            case Op.FeatureMask _ -> instructions.add(() -> byRow.featureMask(in.getFirst(), y));
            case Op.StepMask mask -> instructions.add(() -> overTime.stepMask(mask.kind(), in.getFirst(), y));
            case Op.Shift shift -> instructions.add(() -> overTime.shift(shift.backward(), in.get(0), in.get(1), y));
            case Op.Scores _ -> instructions.add(() -> overTime.scores(in.get(0), in.get(1), y));
            case Op.Mix _ -> instructions.add(() -> overTime.mix(in.get(0), in.get(1), y));
            case Op.MixBack _ -> instructions.add(() -> overTime.mixBack(in.get(0), in.get(1), y));
            case Op.Product product ->
                instructions.add(product.rounded() ? sums.rounded(in, y) : () -> sums.product(in, y, false));
            case Op.TransposedProduct _ -> instructions.add(() -> sums.product(in, y, true));
            case Op.Lookup _ -> instructions.add(() -> sums.lookup(in.get(0), in.get(1), y));
            case Op.SumRows _ -> instructions.add(() -> sums.sumRows(in.getFirst(), y));
            case Op.OuterSum _ -> instructions.add(() -> sums.outerSum(in.get(0), in.get(1), y));
            case Op.TableSum _ -> instructions.add(() -> sums.tableSum(in, y));
            case Op.StepAt step -> {
                int t = step(step.index());
                instructions.add(
                        () -> byRow.copy(in.getFirst(), in.getFirst().row(t, 0), y, y.offset, context.batch * y.width));
            }
            case Op.StepPad pad -> {
                int t = step(pad.index());
                instructions.add(
                        () -> byRow.copy(in.getFirst(), in.getFirst().offset, y, y.row(t, 0), context.batch * y.width));
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

    private int step(int index) {
        int t = index < 0 ? context.steps + index : index;
        if (t < 0 || t >= context.steps) {
            throw new IllegalArgumentException("time step " + index + " of a sequence of " + context.steps);
        }
        return t;
    }

    private void mask(Op.RandomMask mask, Slot<A> y) {
        long key = RandomMask.key(context.seed, mask.stream());
        int size = y.size;
        long first = (long) time * byRow.batch(y) * y.width;
        for (int i = 0; i < size; i++) {
            kernels.set(y.reals, y.offset + i, RandomMask.exactValue(key, first + i, mask.keep()));
        }
    }
}
