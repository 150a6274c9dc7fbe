package dev.rnnc.runtime.train;

import dev.rnnc.runtime.optimizer.Blocks;
import dev.rnnc.runtime.spec.ModelSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/** The mean of the gradients of several runs that make one update, element by element shared among threads. */
final class PendingGradient {
    private final ModelSpec spec;
    private final Workers workers;
    private final Blocks blocks;
    private final MemorySegment data;
    private final IntConsumer addBlock = this::addBlock;

    private MemorySegment added;
    private double keep;
    private double factor;

    PendingGradient(ModelSpec spec, Workers workers) {
        this.spec = spec;
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

    /** Takes a gradient over. */
    void set(MemorySegment gradient) {
        MemorySegment.copy(
                gradient,
                0,
                data,
                0,
                spec.parameterElements() * spec.precision().bytes());
    }

    /** Makes it {@code keep} times itself plus {@code factor} times a gradient. */
    void add(double keep, MemorySegment gradient, double factor) {
        this.added = gradient;
        this.keep = keep;
        this.factor = factor;
        workers.run(blocks.count(), addBlock);
    }

    private void addBlock(int block) {
        GradientMean.add(data, keep, added, factor, spec.precision(), blocks.start(block), blocks.end(block));
    }
}
