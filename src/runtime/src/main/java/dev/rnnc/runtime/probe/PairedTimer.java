package dev.rnnc.runtime.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures several works in one process, a short block of each in turn: whatever slows the machine down for a while then
 * hits all of them alike, and their ratio stands where their times do not.
 *
 * @param blocks blocks of each work that count
 * @param blockSeconds least duration of a block; a block holds at least one call
 * @param warmSeconds least duration of the warm-up of each work, which does not count; it goes on for up to ten times that
 *     while a work still gets faster, because on a busy machine the JIT is late
 */
public record PairedTimer(int blocks, double blockSeconds, double warmSeconds) {
    /** Turns of the least warm-up: code that one work makes slow again is then seen before it counts. */
    private static final int WARM_TURNS = 4;

    private static final int MOST_WARM_TURNS = 10 * WARM_TURNS;

    /** A work that got faster by more than this share in one of the last turns is not warm. */
    private static final double STILL_FASTER = 0.03;

    /** Turns without such a gain after which all is warm. */
    private static final int SETTLED_TURNS = 3;

    /** Calls of the warm-up at least, whatever it was given of time. */
    private static final int WARM_CALLS = 2;

    /** Calls of a block at most: where the JIT folds the calls of an empty work into one, time sets no bound. */
    private static final long MOST_CALLS = 1L << 30;

    /** Checks the settings. */
    public PairedTimer {
        if (blocks < 1 || !(blockSeconds >= 0) || !(warmSeconds >= 0)) {
            throw new IllegalArgumentException("blocks must be positive and durations not negative: " + blocks + ", "
                    + blockSeconds + ", " + warmSeconds);
        }
    }

    /** The readings of each work, in the order of {@code works}. */
    public List<Readings> measure(List<? extends Runnable> works) {
        return measure(works, System::nanoTime);
    }

    /**
     * The same by another clock, such as one that counts this thread's time only: on a machine that others use it does not
     * run while they do.
     *
     * @param clock nanoseconds from any start
     */
    public List<Readings> measure(List<? extends Runnable> works, LongSupplier clock) {
        double[] fastest = warm(works, clock);
        long[] calls = new long[works.size()];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = Math.clamp((long) (blockSeconds * 1e9 / fastest[i]), 1, MOST_CALLS);
        }
        double[][] nanos = new double[works.size()][blocks];
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < calls.length; i++) {
                nanos[i][block] = block(works.get(i), calls[i], clock);
            }
        }
        List<Readings> readings = new ArrayList<>();
        for (double[] of : nanos) {
            readings.add(new Readings(of));
        }
        return readings;
    }

    /** Nanoseconds of a call of each work at its fastest, once none gets faster any more. */
    private double[] warm(List<? extends Runnable> works, LongSupplier clock) {
        double[] fastest = new double[works.size()];
        Arrays.fill(fastest, Double.POSITIVE_INFINITY);
        int settled = 0;
        for (int turn = 0; turn < WARM_TURNS || settled < SETTLED_TURNS && turn < MOST_WARM_TURNS; turn++) {
            settled++;
            for (int i = 0; i < fastest.length; i++) {
                double now = fastestWithin(works.get(i), warmSeconds / WARM_TURNS, clock);
                if (now < fastest[i] * (1 - STILL_FASTER)) {
                    settled = 0;
                }
                fastest[i] = Math.min(fastest[i], now);
            }
        }
        return fastest;
    }

    /** Calls {@code work} for {@code seconds} and returns the nanoseconds of a call at its fastest. */
    private double fastestWithin(Runnable work, double seconds, LongSupplier clock) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long batch = 1;
        double fastest = Double.POSITIVE_INFINITY;
        int batches = 0;
        do {
            double each = block(work, batch, clock);
            fastest = Math.min(fastest, each);
            batches++;
            // The clock is read once in about a hundredth of a block, not between calls of nanoseconds.
            if (each * batch < blockSeconds * 1e7 && batch < MOST_CALLS) {
                batch *= 2;
            }
        } while (System.nanoTime() < end || batches < WARM_CALLS);
        return fastest;
    }

    /** Nanoseconds of one of {@code calls} calls. */
    private static double block(Runnable work, long calls, LongSupplier clock) {
        long start = clock.getAsLong();
        for (long i = 0; i < calls; i++) {
            work.run();
        }
        return (double) (clock.getAsLong() - start) / calls;
    }
}
