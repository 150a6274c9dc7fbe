package dev.rnnc.runtime.probe;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The two kernels with the JVM's preferred vectors. Loaded only where the vector module is there.
 *
 * <p>Ten independent chains cover the latency of a multiply-add on two ports (4 to 5 cycles); few enough vector calls a
 * method for the JIT's first tier, which gives up on methods with many.
 */
final class VectorProbe {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int INNER = 1024;
    private static final int CHAINS = 10;
    private static final int READERS = 8;

    /** Aligned to a cache line: a load that crosses lines halves the rate. */
    private static final MemorySegment BUFFER = Arena.ofAuto().allocate(MachineProbe.BUFFER_BYTES, 64);

    /** Where results go, so that no kernel is dead code. */
    private static volatile float sink;

    private VectorProbe() {}

    /** Float lanes of one vector. */
    static int lanes() {
        return LANES;
    }

    /** Chains of multiply-adds in registers; returns the operations done. */
    static long multiplyAdds(int repeats) {
        for (int i = 0; i < repeats; i++) {
            sink = multiplyAddRound(1.0000001f, 1e-9f);
        }
        return 2L * CHAINS * LANES * INNER * repeats;
    }

    private static float multiplyAddRound(float factor, float addend) {
        FloatVector m = FloatVector.broadcast(SPECIES, factor);
        FloatVector n = FloatVector.broadcast(SPECIES, addend);
        FloatVector a = FloatVector.broadcast(SPECIES, 1);
        FloatVector b = FloatVector.broadcast(SPECIES, 2);
        FloatVector c = FloatVector.broadcast(SPECIES, 3);
        FloatVector d = FloatVector.broadcast(SPECIES, 4);
        FloatVector e = FloatVector.broadcast(SPECIES, 5);
        FloatVector f = FloatVector.broadcast(SPECIES, 6);
        FloatVector g = FloatVector.broadcast(SPECIES, 7);
        FloatVector h = FloatVector.broadcast(SPECIES, 8);
        FloatVector i = FloatVector.broadcast(SPECIES, 9);
        FloatVector j = FloatVector.broadcast(SPECIES, 10);
        for (int k = 0; k < INNER; k++) {
            a = a.fma(m, n);
            b = b.fma(m, n);
            c = c.fma(m, n);
            d = d.fma(m, n);
            e = e.fma(m, n);
            f = f.fma(m, n);
            g = g.fma(m, n);
            h = h.fma(m, n);
            i = i.fma(m, n);
            j = j.fma(m, n);
        }
        FloatVector left = a.add(b).add(c).add(d).add(e);
        FloatVector right = f.add(g).add(h).add(i).add(j);
        return left.add(right).lane(0);
    }

    /** Sums the buffer; returns the bytes read. */
    static long read(int repeats) {
        for (int i = 0; i < repeats; i++) {
            sink = readRound(BUFFER);
        }
        return (long) MachineProbe.BUFFER_BYTES * repeats;
    }

    private static float readRound(MemorySegment buffer) {
        ByteOrder order = ByteOrder.nativeOrder();
        int width = LANES * Float.BYTES;
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        FloatVector g = a;
        FloatVector h = a;
        for (long at = 0; at < MachineProbe.BUFFER_BYTES; at += (long) READERS * width) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, buffer, at, order));
            b = b.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + width, order));
            c = c.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 2L * width, order));
            d = d.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 3L * width, order));
            e = e.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 4L * width, order));
            f = f.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 5L * width, order));
            g = g.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 6L * width, order));
            h = h.add(FloatVector.fromMemorySegment(SPECIES, buffer, at + 7L * width, order));
        }
        return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).lane(0);
    }
}
