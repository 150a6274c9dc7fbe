package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.Optional;

/**
 * Looks at every value as soon as it is computed. A value is to blame if it is not finite while its operands are: an
 * infinity that a model puts in itself, and takes out again, is none.
 */
final class NonFiniteWatch<A> {
    private final RunContext<A> context;
    private NonFiniteValue found;

    NonFiniteWatch(RunContext<A> context) {
        this.context = context;
    }

    Optional<NonFiniteValue> found() {
        return Optional.ofNullable(found);
    }

    /** Looks at an input before the run. */
    void input(String name, Slot<A> slot) {
        int at = firstNonFinite(slot);
        if (found == null && at >= 0) {
            found = place(slot, at, -1, "", name, "", 0, true);
        }
    }

    /**
     * Looks at a value that was just computed.
     *
     * @param time the time step within a body, or -1
     */
    void computed(Value value, Frame<A> frame, int time) {
        Slot<A> slot = frame.slot(value);
        if (slot == null || slot.reals == null || found != null && !found.name().isEmpty()) {
            return;
        }
        int at = firstNonFinite(slot);
        if (at < 0) {
            return;
        }
        if (found == null) {
            boolean innocent = value.operands().stream().map(frame::slot).anyMatch(this::isBad);
            if (!innocent) {
                found = place(
                        slot,
                        at,
                        time,
                        value.origin().layer(),
                        value.origin().name(),
                        value.origin().equation(),
                        value.origin().line(),
                        false);
            }
        } else if (value.origin().layer().equals(found.layer())
                && place(slot, at, time, "", "", "", 0, false).step() == found.step()) {
            found = found.named(value.origin().name());
        }
    }

    private boolean isBad(Slot<A> slot) {
        return slot != null && firstNonFinite(slot) >= 0;
    }

    private NonFiniteValue place(
            Slot<A> slot, int at, int time, String layer, String name, String equation, int line, boolean input) {
        int row = slot.type.rows() == Rows.NONE ? -1 : at / slot.width % context.batch;
        int step = slot.type.rows() == Rows.SEQUENCE ? at / slot.width / context.batch : time;
        double value = context.kernels.get(slot.reals, slot.offset + at);
        return new NonFiniteValue(layer, name, equation, line, input, step, row, value);
    }

    /** Index of the first such element, in the order of time; -1 if there is none. */
    private int firstNonFinite(Slot<A> slot) {
        if (slot.reals == null) {
            return -1;
        }
        for (int i = 0; i < slot.size; i++) {
            if (!Double.isFinite(context.kernels.get(slot.reals, slot.offset + i))) {
                return i;
            }
        }
        return -1;
    }
}
