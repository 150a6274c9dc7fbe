package dev.rnnc.runtime.probe;

import java.util.function.LongUnaryOperator;

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

    private static final int WARM_UP_ROUNDS = 40;
    private static final int ROUNDS = 25;
    private static final long ROUND_NANOS = 4_000_000;

    /** Measures the machine, in roughly a third of a second. */
    public static MachineProbe measure() {
        if (hasVectorModule()) {
            double flops = bestRate(repeats -> VectorProbe.multiplyAdds((int) repeats));
            double bytes = bestRate(repeats -> VectorProbe.read((int) repeats));
            return new MachineProbe(flops, bytes, VectorProbe.lanes());
        }
        double flops = bestRate(repeats -> ScalarProbe.multiplyAdds((int) repeats));
        double bytes = bestRate(repeats -> ScalarProbe.read((int) repeats));
        return new MachineProbe(flops, bytes, 1);
    }

    /** Whether the JVM was started with the vector module, so that vector classes can be loaded. */
    public static boolean hasVectorModule() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /**
     * The best rate of {@code work} in units of 10^9 a second.
     *
     * @param work runs its kernel a number of times and returns the operations or bytes that this took
     */
    private static double bestRate(LongUnaryOperator work) {
        long repeats = 1;
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            long start = System.nanoTime();
            work.applyAsLong(repeats);
            if (System.nanoTime() - start < ROUND_NANOS / 2) {
                repeats = Math.min(repeats * 2, 1 << 20);
            }
        }
        double best = 0;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            long amount = work.applyAsLong(repeats);
            best = Math.max(best, (double) amount / (System.nanoTime() - start));
            // Warm-up may have measured interpreted code; keep every round near its intended length.
            if (System.nanoTime() - start < ROUND_NANOS / 2) {
                repeats = Math.min(repeats * 2, 1 << 20);
            }
        }
        return best;
    }
}
