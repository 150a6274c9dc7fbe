package dev.rnnc.runtime.train;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.optimizer.Blocks;
import dev.rnnc.runtime.spec.ModelSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** The mean of the gradients of several runs that make one update, element by element shared among threads. */
final class PendingGradient {
    private final ModelSpec spec;
    private final GradientExtent extent;
    private final Workers workers;
    private final Blocks blocks;
    private final MemorySegment data;
    private final IntConsumer addBlock = this::addBlock;

    private MemorySegment added;
    private double keep;
    private double factor;

    /** @param extent one of the gradients that will be added, everything: it becomes that of the sum */
    PendingGradient(ModelSpec spec, GradientExtent extent, Workers workers) {
        this.spec = spec;
        this.extent = extent;
        this.workers = workers;
        this.blocks = new Blocks(Math.toIntExact(spec.parameterElements()));
        this.data = Arena.ofAuto()
                .allocate(
                        Math.max(64, spec.parameterElements() * spec.precision().bytes()), 64);
    }

    /** The gradient, laid out like the parameters. */
    MemorySegment data() {
        return data;
    }

    /** Where it may differ from zero. */
    GradientExtent extent() {
        return extent;
    }

    /** Takes a gradient over that is zero outside of an extent. */
    void set(MemorySegment gradient, GradientExtent where) {
        extent.zeroRows(data);
        extent.clear();
        extent.add(where);
        extent.copy(gradient, data);
    }

    /** Makes it {@code keep} times itself plus {@code factor} times a gradient that is zero outside of an extent. */
    void add(double keep, MemorySegment gradient, GradientExtent where, double factor) {
        this.added = gradient;
        this.keep = keep;
        this.factor = factor;
        extent.add(where);
        extent.ranges();
        workers.run(blocks.count(), addBlock);
    }

    private void addBlock(int block) {
        int start = blocks.start(block);
        int end = blocks.end(block);
        for (int i = extent.rangeBehind(start); i < extent.ranges() && extent.start(i) < end; i++) {
            int from = Math.max(start, extent.start(i));
            int to = Math.min(end, extent.end(i));
            GradientMean.add(data, keep, added, factor, spec.precision(), from, to);
        }
    }
}
