package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import java.lang.foreign.MemorySegment;

/**
 * <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html">torch.optim.RMSprop</a>, not
 * centred: {@code g += decay p; v = alpha v + (1 - alpha) g g; u = g / (sqrt(v) + epsilon)}; without momentum {@code p
 * -= rate u}, with it {@code b = momentum b + u; p -= rate b}.
 */
final class RmsPropOptimizer extends Optimizer {
    private final OptimizerSpec.RmsProp spec;
    private final MemorySegment square;
    private final MemorySegment momentum;

    RmsPropOptimizer(OptimizerSpec.RmsProp spec, ModelSpec model) {
        super(model, spec.rate());
        requireFraction("alpha", spec.alpha());
        requireEpsilon(spec.epsilon());
        requireDecay(spec.weightDecay());
        requireFraction("momentum", spec.momentum());
        this.spec = spec;
        this.square = allocateState("square_avg");
        this.momentum = spec.momentum() == 0 ? null : allocateState("momentum_buffer");
    }

    @Override
    public boolean leavesZeros() {
        return false;
    }

    @Override
    void update(MemorySegment parameters, MemorySegment gradients, int start, int end) {
        switch (precision()) {
            case DOUBLE ->
                DoubleKernels.rmsProp(
                        parameters,
                        gradients,
                        square,
                        momentum,
                        start,
                        end,
                        rate(),
                        spec.alpha(),
                        spec.epsilon(),
                        spec.weightDecay(),
                        spec.momentum());
            case FLOAT -> {
                float rate = (float) rate();
                float alpha = (float) spec.alpha();
                float weight = (float) (1 - spec.alpha());
                float epsilon = (float) spec.epsilon();
                float decay = (float) spec.weightDecay();
                float factor = (float) spec.momentum();
                int done = Lanes.vectors()
                        ? VectorKernels.rmsProp(
                                parameters,
                                gradients,
                                square,
                                momentum,
                                start,
                                end,
                                rate,
                                alpha,
                                weight,
                                epsilon,
                                decay,
                                factor)
                        : start;
                FloatKernels.rmsProp(
                        parameters,
                        gradients,
                        square,
                        momentum,
                        done,
                        end,
                        rate,
                        alpha,
                        weight,
                        epsilon,
                        decay,
                        factor);
            }
        }
    }
}
