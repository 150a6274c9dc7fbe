package dev.rnnc.bench.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * An LSTM layer at batch 1 as one would write it by hand for this machine: weights packed off-heap on 64-byte lines, a
 * vector's worth of units at a time with their four gates side by side, eight sums in registers.
 *
 * <p>Packed weights are {@code [H / lanes, X + H, 4, lanes]}, so that a block of units reads them in one stream.
 */
final class LstmKernel {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int GATES = 4;
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final int inputs;
    private final int units;
    private final int blocks;
    /** Terms of each sum, an even number: the last weights are zero where {@code X + H} is odd. */
    private final int terms;

    private final MemorySegment weights;
    private final MemorySegment bias;
    private final MemorySegment gates;
    private final MemorySegment cell;
    private final MemorySegment hidden;
    /** Input and state of the last step: numbers to broadcast come from the heap. */
    private final float[] operand;

    /** Packs PyTorch's parameters: {@code [4H, X]}, {@code [4H, H]} and twice {@code [4H]}. */
    LstmKernel(int inputs, int units, float[] weightIh, float[] weightHh, float[] biasIh, float[] biasHh) {
        this.inputs = inputs;
        this.units = units;
        this.blocks = (units + LANES - 1) / LANES;
        this.terms = (inputs + units + 1) / 2 * 2;
        this.weights = allocate((long) blocks * terms * GATES * LANES);
        this.bias = allocate((long) blocks * GATES * LANES);
        this.gates = allocate((long) blocks * GATES * LANES);
        this.cell = allocate((long) blocks * LANES);
        this.hidden = allocate((long) blocks * LANES);
        this.operand = new float[terms];
        for (int unit = 0; unit < units; unit++) {
            int block = unit / LANES;
            int lane = unit % LANES;
            for (int gate = 0; gate < GATES; gate++) {
                int row = gate * units + unit;
                set(bias, (long) (block * GATES + gate) * LANES + lane, biasIh[row] + biasHh[row]);
                for (int k = 0; k < inputs + units; k++) {
                    float weight = k < inputs ? weightIh[row * inputs + k] : weightHh[row * units + k - inputs];
                    set(weights, ((long) (block * terms + k) * GATES + gate) * LANES + lane, weight);
                }
            }
        }
    }

    private static MemorySegment allocate(long floats) {
        return Arena.ofAuto().allocate(floats * Float.BYTES, 64);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    /** Sets the state to zero. */
    void reset() {
        cell.fill((byte) 0);
        hidden.fill((byte) 0);
    }

    /** One time step with the input that starts at {@code from}. */
    void step(float[] input, int from) {
        System.arraycopy(input, from, operand, 0, inputs);
        MemorySegment.copy(hidden, ValueLayout.JAVA_FLOAT, 0, operand, inputs, units);
        for (int block = 0; block < blocks; block++) {
            product(weights, bias, gates, operand, terms, block);
        }
        for (int block = 0; block < blocks; block++) {
            activate(gates, cell, hidden, block);
        }
    }

    /** Copies the output of the last step. */
    void output(float[] to, int at) {
        MemorySegment.copy(hidden, ValueLayout.JAVA_FLOAT, 0, to, at, units);
    }

    /** The four gates of a block of units, each in two sums. */
    private static void product(
            MemorySegment weights, MemorySegment bias, MemorySegment gates, float[] x, int terms, int block) {
        weights.isNative();
        bias.isNative();
        gates.isNative();
        long line = (long) LANES * Float.BYTES;
        long start = block * GATES * line;
        FloatVector i0 = FloatVector.fromMemorySegment(SPECIES, bias, start, ORDER);
        FloatVector f0 = FloatVector.fromMemorySegment(SPECIES, bias, start + line, ORDER);
        FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, bias, start + 2 * line, ORDER);
        FloatVector o0 = FloatVector.fromMemorySegment(SPECIES, bias, start + 3 * line, ORDER);
        FloatVector i1 = FloatVector.zero(SPECIES);
        FloatVector f1 = i1;
        FloatVector g1 = i1;
        FloatVector o1 = i1;
        long at = (long) block * terms * GATES * line;
        for (int k = 0; k < terms; k += 2) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[k]);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[k + 1]);
            i0 = FloatVector.fromMemorySegment(SPECIES, weights, at, ORDER).fma(x0, i0);
            f0 = FloatVector.fromMemorySegment(SPECIES, weights, at + line, ORDER)
                    .fma(x0, f0);
            g0 = FloatVector.fromMemorySegment(SPECIES, weights, at + 2 * line, ORDER)
                    .fma(x0, g0);
            o0 = FloatVector.fromMemorySegment(SPECIES, weights, at + 3 * line, ORDER)
                    .fma(x0, o0);
            i1 = FloatVector.fromMemorySegment(SPECIES, weights, at + 4 * line, ORDER)
                    .fma(x1, i1);
            f1 = FloatVector.fromMemorySegment(SPECIES, weights, at + 5 * line, ORDER)
                    .fma(x1, f1);
            g1 = FloatVector.fromMemorySegment(SPECIES, weights, at + 6 * line, ORDER)
                    .fma(x1, g1);
            o1 = FloatVector.fromMemorySegment(SPECIES, weights, at + 7 * line, ORDER)
                    .fma(x1, o1);
            at += 2 * GATES * line;
        }
        i0.add(i1).intoMemorySegment(gates, start, ORDER);
        f0.add(f1).intoMemorySegment(gates, start + line, ORDER);
        g0.add(g1).intoMemorySegment(gates, start + 2 * line, ORDER);
        o0.add(o1).intoMemorySegment(gates, start + 3 * line, ORDER);
    }

    /** {@code c' = sigmoid(f) c + sigmoid(i) tanh(g)}, {@code h' = sigmoid(o) tanh(c')} for a block of units. */
    private static void activate(MemorySegment gates, MemorySegment cell, MemorySegment hidden, int block) {
        gates.isNative();
        cell.isNative();
        hidden.isNative();
        long line = (long) LANES * Float.BYTES;
        long start = block * GATES * line;
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        FloatVector i = FloatVector.fromMemorySegment(SPECIES, gates, start, ORDER);
        FloatVector f = FloatVector.fromMemorySegment(SPECIES, gates, start + line, ORDER);
        FloatVector g = FloatVector.fromMemorySegment(SPECIES, gates, start + 2 * line, ORDER);
        FloatVector o = FloatVector.fromMemorySegment(SPECIES, gates, start + 3 * line, ORDER);
        FloatVector c = FloatVector.fromMemorySegment(SPECIES, cell, block * line, ORDER);
        FloatVector openI = one.div(i.neg().lanewise(VectorOperators.EXP).add(one));
        FloatVector openF = one.div(f.neg().lanewise(VectorOperators.EXP).add(one));
        FloatVector openO = one.div(o.neg().lanewise(VectorOperators.EXP).add(one));
        FloatVector next = openF.mul(c).add(openI.mul(g.lanewise(VectorOperators.TANH)));
        next.intoMemorySegment(cell, block * line, ORDER);
        openO.mul(next.lanewise(VectorOperators.TANH)).intoMemorySegment(hidden, block * line, ORDER);
    }
}
