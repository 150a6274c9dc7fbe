package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one kernel of small kernels that follow one another, where the second then finds in a register what the first
 * computed. A fused kernel never takes more room than HotSpot's first compiler has: see {@link KernelCost}.
 */
final class FuseCalls {
    /** The share of the memory accesses that must go. Less is not worth a larger method. */
    private static final double SAVED = 0.02;

    /** The most memory accesses of a run of two kernels that become one: of more, those saved are a small part. */
    private static final int MOST_ACCESSES = 256;

    /** The most accesses of two kernels that become one though that saves none, only a call. */
    private static final int FEW_ACCESSES = 64;

    private final int lanes;

    FuseCalls(int lanes) {
        this.lanes = lanes;
    }

    List<Step> apply(List<Step> steps) {
        List<Step> fused = new ArrayList<>();
        List<Step.Call> parts = new ArrayList<>();
        for (Step step : steps) {
            if (!(step instanceof Step.Call call)) {
                fused.add(step);
                parts.clear();
                continue;
            }
            parts.add(call);
            Optional<Step.Call> longer = Optional.empty();
            if (parts.size() > 1) {
                longer = fuse((Step.Call) fused.getLast(), call, parts);
            }
            if (longer.isPresent()) {
                fused.set(fused.size() - 1, longer.get());
            } else {
                fused.add(call);
                parts.subList(0, parts.size() - 1).clear();
            }
        }
        return fused;
    }

    private Optional<Step.Call> fuse(Step.Call first, Step.Call second, List<Step.Call> parts) {
        double apart = KernelCost.accesses(first.kernel().body())
                + KernelCost.accesses(second.kernel().body());
        if (apart > MOST_ACCESSES) {
            return Optional.empty();
        }
        Optional<Step.Call> best = Optional.empty();
        double fewest = apart <= FEW_ACCESSES ? apart + 1 : apart * (1 - SAVED);
        for (boolean shortLoops : new boolean[] {false, true}) {
            Step.Call fused = FusedKernel.of(List.of(first, second), parts, shortLoops, lanes);
            double accesses = KernelCost.accesses(fused.kernel().body());
            if (KernelCost.room(fused.kernel().body()) <= KernelCost.MOST_ROOM && accesses < fewest) {
                best = Optional.of(fused);
                fewest = accesses;
            }
        }
        return best;
    }
}
