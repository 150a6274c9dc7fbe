package dev.rnnc.compiler.unroll;

import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.Step;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Expects what steps take. It ranks ways to do the same on one machine; the numbers themselves are rough. */
public final class CostModel {
    /** Nanoseconds of a call of a kernel that is not inlined, with the checks of its memory. */
    private static final double CALL = 2.0;

    /** Nanoseconds of a turn of a loop over time. */
    private static final double TURN = 0.4;

    /** Rounds assumed of a loop over chunks of rows. */
    private static final int CHUNKS = 4;

    private final Map<Kernel, Double> kernels = new IdentityHashMap<>();

    /** Expected nanoseconds of one time step of {@code loop}, were it repeated for long. */
    public double nanosPerStep(Step.TimeLoop loop) {
        return loop.turn()
                .map(turn -> (TURN + nanos(turn.body())) / turn.steps())
                .orElseGet(() -> TURN + nanos(loop.body()));
    }

    private double nanos(List<Step> steps) {
        double sum = 0;
        for (Step step : steps) {
            sum += switch (step) {
                case Step.Call call ->
                    CALL + kernels.computeIfAbsent(call.kernel(), kernel -> KernelCost.nanos(kernel.body()));
                case Step.TimeLoop loop -> TURN + nanos(loop.body());
                case Step.ChunkLoop chunks -> CHUNKS * nanos(chunks.body());
            };
        }
        return sum;
    }
}
