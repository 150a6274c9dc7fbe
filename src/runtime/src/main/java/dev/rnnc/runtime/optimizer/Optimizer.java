package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import dev.rnnc.runtime.spec.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Changes parameters along their gradients, by the definitions of
 * <a href="https://docs.pytorch.org/docs/stable/optim.html">torch.optim</a>. Arithmetic is done in the model's
 * precision, each product and sum rounded for itself, so that vector and scalar kernels give the same bits; padding
 * stays zero. An optimiser belongs to one thread, which others may help with ranges of a step.
 */
public abstract sealed class Optimizer permits SgdOptimizer, AdamOptimizer, RmsPropOptimizer, AdagradOptimizer {
    private final ModelSpec model;
    private final Map<String, MemorySegment> state = new LinkedHashMap<>();
    private double rate;
    private long steps;

    Optimizer(ModelSpec model, double rate) {
        this.model = model;
        rate(rate);
    }

    /**
     * A new optimiser with zeroed state.
     *
     * @throws IllegalArgumentException if a setting is out of its range
     */
    public static Optimizer create(OptimizerSpec spec, ModelSpec model) {
        return switch (spec) {
            case OptimizerSpec.Sgd sgd -> new SgdOptimizer(sgd, model);
            case OptimizerSpec.Adam adam -> new AdamOptimizer(adam, model);
            case OptimizerSpec.RmsProp rmsProp -> new RmsPropOptimizer(rmsProp, model);
            case OptimizerSpec.Adagrad adagrad -> new AdagradOptimizer(adagrad, model);
        };
    }

    /**
     * Makes one step. It allocates nothing.
     *
     * @param parameters the parameters to change; call {@code refresh} on their programs afterwards
     * @param gradients the loss's gradient, laid out like {@link Parameters#data}
     */
    public final void step(Parameters parameters, MemorySegment gradients) {
        begin(parameters);
        step(parameters, gradients, 0, Math.toIntExact(model.parameterElements()));
    }

    /**
     * The same for a gradient that is zero outside of an extent: the parameters, and what the optimiser remembers, end
     * with the bits that a step over everything gives, and where that is possible without touching the rest, it is left
     * alone.
     *
     * @param extent where the gradient may differ from zero
     */
    public final void step(Parameters parameters, MemorySegment gradients, GradientExtent extent) {
        if (!leavesZeros()) {
            step(parameters, gradients);
            return;
        }
        begin(parameters);
        for (int i = 0; i < extent.ranges(); i++) {
            step(parameters, gradients, extent.start(i), extent.end(i));
        }
    }

    /**
     * Whether a step leaves a parameter whose gradient is zero, and all that it remembers of it, as they are. With momentum,
     * moments or weight decay it does not.
     */
    public abstract boolean leavesZeros();

    /**
     * Begins a step that is made range by range, by threads that share it.
     *
     * @param parameters the parameters that will be changed
     */
    public final void begin(Parameters parameters) {
        ModelSpec given = parameters.spec();
        if (given != model
                && (given.parameterElements() != model.parameterElements() || given.precision() != model.precision())) {
            throw new IllegalArgumentException(
                    "the optimiser belongs to model " + model.name() + ", the parameters to " + given.name());
        }
        steps++;
    }

    /**
     * Makes the step that was begun for a range of elements; each must come once. Elements do not depend on each other, so
     * neither order nor ranges change a bit.
     *
     * @param start the first element, of a whole line of 64 bytes
     * @param end behind the last one
     */
    public final void step(Parameters parameters, MemorySegment gradients, int start, int end) {
        // A model without parameters has no gradient either.
        if (start < end) {
            update(parameters.data(), gradients, start, end);
        }
    }

    /** Makes step number {@link #steps()}, counted from 1, over elements {@code [start, end)}. */
    abstract void update(MemorySegment parameters, MemorySegment gradients, int start, int end);

    /**
     * What the optimiser remembers between steps, by torch's names, each laid out like {@link Parameters#data}. The
     * segments are the live ones: to restore a checkpoint, write into them and set {@link #steps(long)}.
     */
    public final Map<String, MemorySegment> state() {
        return Collections.unmodifiableMap(state);
    }

    /** Steps made so far. */
    public final long steps() {
        return steps;
    }

    /** Sets the number of steps made so far, when a checkpoint is restored. */
    public final void steps(long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("the number of steps cannot be negative, but is " + steps);
        }
        this.steps = steps;
    }

    /** The learning rate. */
    public final double rate() {
        return rate;
    }

    /** Sets the learning rate of the steps to come. */
    public final void rate(double rate) {
        require(rate >= 0 && Double.isFinite(rate), "rate", rate, "a finite number from 0 on");
        this.rate = rate;
    }

    final Precision precision() {
        return model.precision();
    }

    final MemorySegment allocateState(String name) {
        MemorySegment segment = Arena.ofAuto()
                .allocate(
                        Math.max(
                                64,
                                model.parameterElements() * model.precision().bytes()),
                        64);
        state.put(name, segment);
        return segment;
    }

    final void requireEpsilon(double epsilon) {
        // With 0 an element that never had a gradient would divide 0 by 0; padding is such an element.
        double rounded = model.precision() == Precision.FLOAT ? (float) epsilon : epsilon;
        require(rounded > 0 && Double.isFinite(rounded), "epsilon", epsilon, "positive in the model's precision");
    }

    static void require(boolean holds, String setting, double value, String range) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "optimizer setting '" + setting + "' must be " + range + ", but is " + value);
        }
    }

    static void requireDecay(double weightDecay) {
        require(
                weightDecay >= 0 && Double.isFinite(weightDecay),
                "weight decay",
                weightDecay,
                "a finite number from 0 on");
    }

    static void requireFraction(String setting, double value) {
        require(value >= 0 && value < 1, setting, value, "from 0 to below 1");
    }
}
