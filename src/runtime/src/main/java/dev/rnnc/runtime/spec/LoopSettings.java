package dev.rnnc.runtime.spec;

import java.util.List;

/**
 * What the training loop does beyond an update for each window.
 *
 * @param updateEvery k1 of truncated backpropagation through time, the steps between updates; 0 for whole windows
 * @param backpropagate k2, the steps an error goes back; 0 for whole windows
 * @param schedules factors of the learning rate, which multiply
 * @param patience epochs without a better validation loss before training ends early; 0 for no end
 * @param accumulate windows whose gradients make one update
 * @param l1 factor of the sum of absolute parameters in what is minimised; the loss is reported without it
 * @param threads threads that share a batch; 0 trains each batch as a whole
 */
public record LoopSettings(
        int updateEvery,
        int backpropagate,
        List<ScheduleSpec> schedules,
        int patience,
        int accumulate,
        double l1,
        int threads) {
    /** An update for each window, at a constant rate, on one thread. */
    public static final LoopSettings PLAIN = new LoopSettings(0, 0, List.of(), 0, 1, 0, 0);

    /** @throws IllegalArgumentException if a number is out of its range */
    public LoopSettings {
        schedules = List.copyOf(schedules);
        if (updateEvery < 0 || backpropagate < 0 || updateEvery == 0 != (backpropagate == 0)) {
            throw new IllegalArgumentException("truncation takes two positive numbers of steps, or 0 for none, not "
                    + updateEvery + " and " + backpropagate);
        }
        if (patience < 0 || accumulate < 1 || threads < 0) {
            throw new IllegalArgumentException("patience and threads must be at least 0 and accumulate at least 1, not "
                    + patience + ", " + threads + " and " + accumulate);
        }
        if (!(l1 >= 0) || Double.isInfinite(l1)) {
            throw new IllegalArgumentException("l1 must be a finite number from 0 on, not " + l1);
        }
    }

    /** The same with other truncation. */
    public LoopSettings truncated(int every, int back) {
        return new LoopSettings(every, back, schedules, patience, accumulate, l1, threads);
    }

    /** The same with other schedules. */
    public LoopSettings scheduled(List<ScheduleSpec> others) {
        return new LoopSettings(updateEvery, backpropagate, others, patience, accumulate, l1, threads);
    }

    /** The same with another patience. */
    public LoopSettings patient(int epochs) {
        return new LoopSettings(updateEvery, backpropagate, schedules, epochs, accumulate, l1, threads);
    }

    /** The same with the gradients of that many windows in an update. */
    public LoopSettings accumulating(int windows) {
        return new LoopSettings(updateEvery, backpropagate, schedules, patience, windows, l1, threads);
    }

    /** The same with another factor of the absolute parameters. */
    public LoopSettings sparse(double factor) {
        return new LoopSettings(updateEvery, backpropagate, schedules, patience, accumulate, factor, threads);
    }

    /** The same on that many threads. */
    public LoopSettings threaded(int count) {
        return new LoopSettings(updateEvery, backpropagate, schedules, patience, accumulate, l1, count);
    }
}
