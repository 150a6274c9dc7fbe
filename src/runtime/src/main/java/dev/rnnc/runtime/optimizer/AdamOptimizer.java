package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.OptimizerSpec;
import java.lang.foreign.MemorySegment;

/**
 * <a href="https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html">torch.optim.Adam</a> and <a
 * href="https://docs.pytorch.org/docs/stable/generated/torch.optim.AdamW.html">torch.optim.AdamW</a>: decay {@code g +=
 * decay p}, or decoupled {@code p *= 1 - rate decay}; {@code m += (1 - beta1)(g - m)}; {@code v = beta2 v + (1 - beta2)
 * g g}; {@code p -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)}. The mean {@code m} is in the
 * form of torch's {@code lerp_}.
 */
final class AdamOptimizer extends Optimizer {
    private final OptimizerSpec.Adam spec;
    private final MemorySegment mean;
    private final MemorySegment square;

    AdamOptimizer(OptimizerSpec.Adam spec, ModelSpec model) {
        super(model, spec.rate());
        requireFraction("beta1", spec.beta1());
        requireFraction("beta2", spec.beta2());
        requireEpsilon(spec.epsilon());
        requireDecay(spec.weightDecay());
        this.spec = spec;
        this.mean = allocateState("exp_avg");
        this.square = allocateState("exp_avg_sq");
    }

    @Override
    public boolean leavesZeros() {
        return false;
    }

    @Override
    void update(MemorySegment parameters, MemorySegment gradients, int start, int end) {
        double scale = rate() / (1 - StrictMath.pow(spec.beta1(), steps()));
        double root = StrictMath.sqrt(1 - StrictMath.pow(spec.beta2(), steps()));
        double decay = spec.decoupled() ? 0 : spec.weightDecay();
        double keep = spec.decoupled() ? 1 - rate() * spec.weightDecay() : 1;
        switch (precision()) {
            case DOUBLE ->
                DoubleKernels.adam(
                        parameters,
                        gradients,
                        mean,
                        square,
                        start,
                        end,
                        scale,
                        root,
                        spec.beta1(),
                        spec.beta2(),
                        spec.epsilon(),
                        decay,
                        keep);
            case FLOAT -> {
                // Torch computes these factors in double and rounds each once.
                float scaleF = (float) scale;
                float rootF = (float) root;
                float weight1 = (float) (1 - spec.beta1());
                float beta2 = (float) spec.beta2();
                float weight2 = (float) (1 - spec.beta2());
                float epsilon = (float) spec.epsilon();
                float decayF = (float) decay;
                float keepF = (float) keep;
                int done = Lanes.vectors()
                        ? VectorKernels.adam(
                                parameters,
                                gradients,
                                mean,
                                square,
                                start,
                                end,
                                scaleF,
                                rootF,
                                weight1,
                                beta2,
                                weight2,
                                epsilon,
                                decayF,
                                keepF)
                        : start;
                FloatKernels.adam(
                        parameters,
                        gradients,
                        mean,
                        square,
                        done,
                        end,
                        scaleF,
                        rootF,
                        weight1,
                        beta2,
                        weight2,
                        epsilon,
                        decayF,
                        keepF);
            }
        }
    }
}
