package dev.rnnc.runtime.probe;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures several works in one process, a short block of each in turn: whatever slows the machine down for a while then
 * hits all of them alike, and their ratio stands where their times do not.
 *
 * @param blocks blocks of each work that count
 * @param blockSeconds least duration of a block; a block holds at least one call
 * @param warmSeconds duration of the warm-up of each work, which does not count
 */
public record PairedTimer(int blocks, double blockSeconds, double warmSeconds) {
    /** Turns in which the warm-up goes round: code that one work makes slow again is then seen before it counts. */
    private static final int WARM_TURNS = 4;

    /** Calls of the warm-up at least, whatever it was given of time. */
    private static final int WARM_CALLS = 2;

    /** Checks the settings. */
    public PairedTimer {
        if (blocks < 1 || !(blockSeconds >= 0) || !(warmSeconds >= 0)) {
            throw new IllegalArgumentException("blocks must be positive and durations not negative: " + blocks + ", "
                    + blockSeconds + ", " + warmSeconds);
        }
    }

    /** The readings of each work, in the order of {@code works}. */
    public List<Readings> measure(List<? extends Runnable> works) {
        long[] calls = new long[works.size()];
        for (int turn = 0; turn < WARM_TURNS; turn++) {
            for (int i = 0; i < calls.length; i++) {
                calls[i] = callsWithin(works.get(i), warmSeconds / WARM_TURNS);
            }
        }
        double[][] nanos = new double[works.size()][blocks];
        for (int block = 0; block < blocks; block++) {
            for (int i = 0; i < calls.length; i++) {
                nanos[i][block] = block(works.get(i), calls[i]);
            }
        }
        List<Readings> readings = new ArrayList<>();
        for (double[] of : nanos) {
            readings.add(new Readings(of));
        }
        return readings;
    }

    /** Calls {@code work} for {@code seconds} and returns how many calls fill a block. */
    private long callsWithin(Runnable work, double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long batch = 1;
        double fastest = Double.POSITIVE_INFINITY;
        int batches = 0;
        do {
            double each = block(work, batch);
            fastest = Math.min(fastest, each);
            batches++;
            // The clock is read once in about a hundredth of a block, not between calls of nanoseconds.
            if (each * batch < blockSeconds * 1e7) {
                batch *= 2;
            }
        } while (System.nanoTime() < end || batches < WARM_CALLS);
        return Math.max(1, (long) (blockSeconds * 1e9 / fastest));
    }

    /** Nanoseconds of one of {@code calls} calls. */
    private static double block(Runnable work, long calls) {
        long start = System.nanoTime();
        for (long i = 0; i < calls; i++) {
            work.run();
        }
        return (double) (System.nanoTime() - start) / calls;
    }
}
