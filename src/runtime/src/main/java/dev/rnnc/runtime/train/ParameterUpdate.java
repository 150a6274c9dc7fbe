package dev.rnnc.runtime.train;

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
        this.blocks = new Blocks(Math.toIntExact(parameters.spec().parameterElements()));
        this.squares = new double[blocks.count()];
        this.largest = new double[blocks.count()];
        this.finite = new boolean[blocks.count()];
    }

    /** Begins an update by a gradient, which is changed: adds L1's and finds the norm. */
    void measure(MemorySegment gradient) {
        this.gradients = gradient;
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
        squares[block] = GradientClip.squares(gradients, precision, start, end);
        if (clip instanceof ClipSpec.Value) {
            largest[block] = GradientClip.largest(gradients, precision, start, end);
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
        workers.run(blocks.count(), changeBlock);
        for (boolean block : finite) {
            if (!block) {
                String element =
                        parameters.firstNonFinite().map(Object::toString).orElse("array's padding");
                parameters.copyFrom(before);
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }

    private void changeBlock(int block) {
        int start = blocks.start(block);
        int end = blocks.end(block);
        long bytes = precision.bytes();
        if (clips) {
            GradientClip.apply(clip, gradients, precision, norm, start, end);
        }
        MemorySegment.copy(parameters.data(), start * bytes, before.data(), start * bytes, (end - start) * bytes);
        optimizer.step(parameters, gradients, start, end);
        finite[block] = NonFinite.none(parameters.data(), precision, start, end);
    }
}
