package dev.rnnc.runtime.train;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.Blocks;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ClipSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * An update of the parameters by a gradient: L1, clipping, the optimiser's step. Threads share it by {@link Blocks}; what is
 * summed over all elements is summed in the blocks' order, so that no bit depends on the number of threads.
 */
final class ParameterUpdate {
    private final Parameters parameters;
    /** The parameters before the update that is being made. */
    private final Parameters before;

    private final Precision precision;
    private final ClipSpec clip;
    private final double l1;
    private final Optimizer optimizer;
    private final Workers workers;
    private final Blocks blocks;
    private final double[] squares;
    private final double[] largest;
    private final boolean[] finite;
    private final IntConsumer measureBlock = this::measureBlock;
    private final IntConsumer changeBlock = this::changeBlock;

    private MemorySegment gradients;
    /** Where that may differ from zero. */
    private GradientExtent extent;
    /** Where the update may change parameters. */
    private GradientExtent changed;
    /** All elements; the first update goes through them, as nobody has looked at the others' values before. */
    private final GradientExtent everything;

    private boolean updated;
    private double norm;
    private boolean clips;

    ParameterUpdate(Parameters parameters, TrainSettings settings, Optimizer optimizer, Workers workers) {
        this.parameters = parameters;
        this.before = new Parameters(parameters.spec());
        this.precision = parameters.spec().precision();
        this.clip = settings.clip();
        this.l1 = settings.loop().l1();
        this.optimizer = optimizer;
        this.workers = workers;
        this.everything = new GradientExtent(parameters.spec());
        this.blocks = new Blocks(Math.toIntExact(parameters.spec().parameterElements()));
        this.squares = new double[blocks.count()];
        this.largest = new double[blocks.count()];
        this.finite = new boolean[blocks.count()];
    }

    /**
     * Begins an update by a gradient, which is changed: adds L1's and finds the norm.
     *
     * @param where the gradient may differ from zero; with L1 that becomes everything
     */
    void measure(MemorySegment gradient, GradientExtent where) {
        this.gradients = gradient;
        this.extent = where;
        if (l1 > 0) {
            extent.everything();
        }
        extent.ranges();
        workers.run(blocks.count(), measureBlock);
        double sum = 0;
        double most = 0;
        for (int block = 0; block < blocks.count(); block++) {
            sum += squares[block];
            most = Math.max(most, largest[block]);
        }
        norm = Math.sqrt(sum);
        clips = GradientClip.limits(clip, norm, most);
    }

    private void measureBlock(int block) {
        int start = blocks.start(block);
        int end = blocks.end(block);
        if (l1 > 0) {
            GradientMean.addSigns(gradients, parameters.data(), l1, precision, start, end);
        }
        squares[block] = GradientClip.squares(gradients, precision, extent, start, end);
        if (clip instanceof ClipSpec.Value) {
            double most = 0;
            for (int i = extent.rangeBehind(start); i < extent.ranges() && extent.start(i) < end; i++) {
                int from = Math.max(start, extent.start(i));
                int to = Math.min(end, extent.end(i));
                most = Math.max(most, GradientClip.largest(gradients, precision, from, to));
            }
            largest[block] = most;
        }
    }

    /** Global L2 norm of the gradient that was measured, before clipping. */
    double norm() {
        return norm;
    }

    /** Whether the gradient that was measured is clipped. */
    boolean clips() {
        return clips;
    }

    /** Steps that the optimiser has made. */
    long steps() {
        return optimizer.steps();
    }

    /** Sets the learning rate. */
    void rate(double rate) {
        optimizer.rate(rate);
    }

    /**
     * Clips the gradient that was measured and makes the optimiser's step.
     *
     * @return the parameter that would not be finite, in words; all are then as before
     */
    Optional<String> make() {
        optimizer.begin(parameters);
        changed = updated && optimizer.leavesZeros() ? extent : everything;
        changed.ranges();
        workers.run(blocks.count(), changeBlock);
        if (l1 > 0) {
            // Programs zero no more than the rows they touched.
            extent.zeroRows(gradients);
        }
        for (boolean block : finite) {
            if (!block) {
                String element =
                        parameters.firstNonFinite().map(Object::toString).orElse("array's padding");
                changed.copy(before.data(), parameters.data());
                return Optional.of(element);
            }
        }
        updated = true;
        return Optional.empty();
    }

    private void changeBlock(int block) {
        int start = blocks.start(block);
        int end = blocks.end(block);
        long bytes = precision.bytes();
        if (clips) {
            for (int i = extent.rangeBehind(start); i < extent.ranges() && extent.start(i) < end; i++) {
                int from = Math.max(start, extent.start(i));
                GradientClip.apply(clip, gradients, precision, norm, from, Math.min(end, extent.end(i)));
            }
        }
        for (int i = changed.rangeBehind(start); i < changed.ranges() && changed.start(i) < end; i++) {
            int from = Math.max(start, changed.start(i));
            int to = Math.min(end, changed.end(i));
            MemorySegment.copy(parameters.data(), from * bytes, before.data(), from * bytes, (to - from) * bytes);
            optimizer.step(parameters, gradients, from, to);
        }
        finite[block] = NonFinite.none(parameters.data(), precision, changed, start, end);
    }
}
