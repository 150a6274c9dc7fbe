package dev.rnnc.runtime.probe;

import java.util.function.IntToLongFunction;

/**
 * The limits of one thread of this machine, as this very process can reach them: a report that says "30 % of the FMA
 * rate" divides by these numbers.
 *
 * <p>Neighbours and clocks make single readings low, never high, so each number is the best of several short rounds.
 *
 * @param gigaflops peak rate of float fused multiply-adds, in 10^9 operations a second; one multiply-add counts as two
 * @param l2Bandwidth rate at which a buffer of 256 KiB, held in L2, is read, in 10^9 bytes a second
 * @param lanes float lanes of the vectors used; 1 if the JVM runs without the vector module
 */
public record MachineProbe(double gigaflops, double l2Bandwidth, int lanes) {
    /** Bytes of the buffer that is read: above the L1 data cache and below the L2 cache of any current core. */
    static final int BUFFER_BYTES = 256 * 1024;

    private static final int ROUNDS = 50;
    private static final long ROUND_NANOS = 2_000_000;
    private static final long LONGEST_NANOS = 3_000_000_000L;

    /** A rate below one operation, or one lane's four bytes, a nanosecond and lane is not compiled code yet. */
    private static final double COMPILED_OPERATIONS = 1;

    private static final double COMPILED_BYTES = Float.BYTES;

    /** Measures the machine: a third of a second, more where a busy machine keeps the JIT from its work. */
    public static MachineProbe measure() {
        if (hasVectorModule()) {
            int lanes = VectorProbe.lanes();
            double operations = bestRate(VectorProbe::multiplyAdds, COMPILED_OPERATIONS * lanes);
            double bytes = bestRate(VectorProbe::read, COMPILED_BYTES * lanes);
            return new MachineProbe(operations, bytes, lanes);
        }
        double operations = bestRate(ScalarProbe::multiplyAdds, COMPILED_OPERATIONS);
        double bytes = bestRate(ScalarProbe::read, COMPILED_BYTES);
        return new MachineProbe(operations, bytes, 1);
    }

    /** Whether the JVM was started with the vector module, so that vector classes can be loaded. */
    public static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /**
     * The best rate of {@code work} in units of 10^9 a second, over {@link #ROUNDS} rounds once the JIT is done with it.
     *
     * @param work runs its kernel a number of times and returns the operations or bytes that this took
     * @param compiledRate a rate that only compiled code reaches; rounds below it do not count, for some seconds
     */
    private static double bestRate(IntToLongFunction work, double compiledRate) {
        long begin = System.nanoTime();
        int repeats = 1;
        double best = 0;
        for (int round = 0; round < ROUNDS; ) {
            long start = System.nanoTime();
            long amount = work.applyAsLong(repeats);
            long end = System.nanoTime();
            best = Math.max(best, (double) amount / Math.max(1, end - start));
            if (end - start < ROUND_NANOS && repeats < 1 << 16) {
                repeats *= 2;
            } else if (best >= compiledRate || end - begin > LONGEST_NANOS) {
                round++;
            }
        }
        return best;
    }
}
