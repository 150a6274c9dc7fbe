package dev.rnnc.compiler.graph;

import java.util.List;
import java.util.Optional;

/**
 * The mask of a scan over sequences that come with lengths: at padded steps every carry keeps its value, so each is
 * {@code select(mask, next, before)}.
 */
public final class ScanMask {
    private ScanMask() {}

    /** The value of the scan's body that is 1 at steps that count; empty where all do. */
    public static Optional<Value> of(Value scan) {
        Op.Body body = ((Op.Scan) scan.op()).body();
        return body.carries().isEmpty() ? Optional.empty() : mask(scan, body, 0);
    }

    /** The value a carry has after a step that counts. */
    public static Value next(Value scan, int carry) {
        Op.Body body = ((Op.Scan) scan.op()).body();
        Value carried = body.carries().get(carry);
        return mask(scan, body, carry).isPresent() ? carried.operand(1) : carried;
    }

    private static Optional<Value> mask(Value scan, Op.Body body, int carry) {
        Value carried = body.carries().get(carry);
        boolean keeps = carried.op() instanceof Op.Map(Function function)
                && function == Function.SELECT
                && carried.operand(2).op() instanceof Op.CarryIn(int index)
                && index == carry;
        if (keeps && carried.operand(0).op() instanceof Op.StepInput(int index)) {
            Value outer = scan.operand(body.carries().size() + index);
            return madeOfLengths(outer) ? Optional.of(carried.operand(0)) : Optional.empty();
        }
        return Optional.empty();
    }

    /** A mask over time, or the masks of several sequences put together. */
    private static boolean madeOfLengths(Value value) {
        List<Value> operands = value.operands();
        return value.op() instanceof Op.StepMask
                || value.op() instanceof Op.Map && operands.stream().allMatch(ScanMask::madeOfLengths);
    }
}
