package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;

/** Runs the body of a scan once per time step. */
final class ScanLoop<A> {
    private final Op.Scan scan;
    private final RunContext<A> context;
    private final List<Slot<A>> operands;
    private final List<Slot<A>> carries = new ArrayList<>();
    /** The carries of the next step: a body may exchange carries, so none is overwritten before all are read. */
    private final List<Slot<A>> next = new ArrayList<>();

    private final List<Slot<A>> stepInputs = new ArrayList<>();
    private final List<Slot<A>> invariants = new ArrayList<>();
    private final List<Slot<A>> outputs = new ArrayList<>();
    private final Frame<A> frame;

    ScanLoop(Op.Scan scan, List<Slot<A>> operands, RunContext<A> context) {
        this.scan = scan;
        this.context = context;
        this.operands = operands;
        Op.Body body = scan.body();
        int carried = body.carries().size();
        for (Value carry : body.carries()) {
            carries.add(context.allocate(carry.type()));
            next.add(context.allocate(carry.type()));
        }
        for (int i = 0; i < body.sequences(); i++) {
            Slot<A> sequence = operands.get(carried + i);
            stepInputs.add(sequence.as(sequence.type.withRows(Rows.BATCH), context));
        }
        invariants.addAll(operands.subList(carried + body.sequences(), operands.size()));
        for (Op.Output output : body.outputs()) {
            outputs.add(context.allocate(
                    switch (output.collect()) {
                        case STACK -> output.value().type().withRows(Rows.SEQUENCE);
                        case SUM -> output.value().type();
                    }));
        }
        this.frame = Frame.ofBody(body, context, this);
    }

    Slot<A> carry(int index) {
        return carries.get(index);
    }

    Slot<A> stepInput(int index) {
        return stepInputs.get(index);
    }

    Slot<A> invariant(int index) {
        return invariants.get(index);
    }

    Slot<A> result(int index) {
        return index < carries.size() ? carries.get(index) : outputs.get(index - carries.size());
    }

    void run() {
        Op.Body body = scan.body();
        for (int i = 0; i < carries.size(); i++) {
            copy(operands.get(i), carries.get(i));
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (body.outputs().get(i).collect() == Op.Collect.SUM) {
                Slot<A> sum = outputs.get(i);
                context.kernels.fill(sum.reals, 0, sum.size, 0);
            }
        }
        for (int s = 0; s < context.steps; s++) {
            step(scan.backward() ? context.steps - 1 - s : s);
        }
    }

    private void step(int t) {
        Op.Body body = scan.body();
        for (int i = 0; i < stepInputs.size(); i++) {
            stepInputs.get(i).offset = operands.get(carries.size() + i).row(t, 0);
        }
        frame.time = t;
        frame.run();
        for (int i = 0; i < outputs.size(); i++) {
            Slot<A> value = frame.slot(body.outputs().get(i).value());
            Slot<A> output = outputs.get(i);
            switch (body.outputs().get(i).collect()) {
                case STACK -> stack(value, output, t);
                case SUM -> context.kernels.add(value.size, output.reals, 0, value.reals, value.offset);
            }
        }
        for (int i = 0; i < carries.size(); i++) {
            copy(frame.slot(body.carries().get(i)), next.get(i));
        }
        for (int i = 0; i < carries.size(); i++) {
            copy(next.get(i), carries.get(i));
        }
    }

    private void stack(Slot<A> value, Slot<A> output, int t) {
        for (int b = 0; b < context.batch; b++) {
            System.arraycopy(value.array(), value.row(0, b), output.array(), output.row(t, b), output.width);
        }
    }

    private void copy(Slot<A> from, Slot<A> to) {
        System.arraycopy(from.array(), from.offset, to.array(), to.offset, to.size);
    }
}
