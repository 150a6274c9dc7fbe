package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import java.lang.foreign.MemorySegment;

/**
 * <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html">torch.optim.SGD</a> without dampening:
 * {@code g += decay p; b = momentum b + g; g = nesterov ? g + momentum b : b; p -= rate g}. Torch starts {@code b} with
 * the first {@code g}, which is what a zero {@code b} gives.
 */
final class SgdOptimizer extends Optimizer {
    private final OptimizerSpec.Sgd spec;
    private final MemorySegment momentum;

    SgdOptimizer(OptimizerSpec.Sgd spec, ModelSpec model) {
        super(model, spec.rate());
        requireDecay(spec.weightDecay());
        requireFraction("momentum", spec.momentum());
        require(!spec.nesterov() || spec.momentum() > 0, "momentum", spec.momentum(), "positive with nesterov");
        this.spec = spec;
        this.momentum = spec.momentum() == 0 ? null : allocateState("momentum_buffer");
    }

    @Override
    public boolean leavesZeros() {
        return momentum == null && spec.weightDecay() == 0;
    }

    @Override
    void update(MemorySegment parameters, MemorySegment gradients, int start, int end) {
        switch (precision()) {
            case DOUBLE -> {
                if (momentum == null) {
                    DoubleKernels.sgd(parameters, gradients, start, end, rate(), spec.weightDecay());
                } else {
                    DoubleKernels.momentum(
                            parameters,
                            gradients,
                            momentum,
                            start,
                            end,
                            rate(),
                            spec.momentum(),
                            spec.nesterov(),
                            spec.weightDecay());
                }
            }
            case FLOAT -> {
                float rate = (float) rate();
                float decay = (float) spec.weightDecay();
                if (momentum == null) {
                    int done =
                            Lanes.vectors() ? VectorKernels.sgd(parameters, gradients, start, end, rate, decay) : start;
                    FloatKernels.sgd(parameters, gradients, done, end, rate, decay);
                } else {
                    float factor = (float) spec.momentum();
                    int done = Lanes.vectors()
                            ? VectorKernels.momentum(
                                    parameters, gradients, momentum, start, end, rate, factor, spec.nesterov(), decay)
                            : start;
                    FloatKernels.momentum(
                            parameters, gradients, momentum, done, end, rate, factor, spec.nesterov(), decay);
                }
            }
        }
    }
}
