package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import java.lang.foreign.MemorySegment;

/**
 * <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html">torch.optim.Adagrad</a> with a
 * constant rate and a sum that starts at 0: {@code g += decay p; s += g g; p -= rate g / (sqrt(s) + epsilon)}.
 */
final class AdagradOptimizer extends Optimizer {
    private final OptimizerSpec.Adagrad spec;
    private final MemorySegment sum;

    AdagradOptimizer(OptimizerSpec.Adagrad spec, ModelSpec model) {
        super(model, spec.rate());
        requireEpsilon(spec.epsilon());
        requireDecay(spec.weightDecay());
        this.spec = spec;
        this.sum = allocateState("sum");
    }

    @Override
    public boolean leavesZeros() {
        return spec.weightDecay() == 0;
    }

    @Override
    void update(MemorySegment parameters, MemorySegment gradients, int start, int end) {
        switch (precision()) {
            case DOUBLE ->
                DoubleKernels.adagrad(
                        parameters, gradients, sum, start, end, rate(), spec.epsilon(), spec.weightDecay());
            case FLOAT -> {
                float rate = (float) rate();
                float epsilon = (float) spec.epsilon();
                float decay = (float) spec.weightDecay();
                int done = Lanes.vectors()
                        ? VectorKernels.adagrad(parameters, gradients, sum, start, end, rate, epsilon, decay)
                        : start;
                FloatKernels.adagrad(parameters, gradients, sum, done, end, rate, epsilon, decay);
            }
        }
    }
}
