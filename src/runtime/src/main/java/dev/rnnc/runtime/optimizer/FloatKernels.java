package dev.rnnc.runtime.optimizer;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/**
 * The update rules on elements {@code [start, end)} in float. {@code p} are the parameters, {@code g} the gradients,
 * the other segments the optimiser's state. Every operation is rounded to float, so that {@link VectorKernels} gives
 * the same bits; {@code (float) Math.sqrt} of a float is the rounded root.
 */
final class FloatKernels {
    private FloatKernels() {}

    static void sgd(MemorySegment p, MemorySegment g, int start, int end, float rate, float decay) {
        for (int i = start; i < end; i++) {
            float parameter = p.getAtIndex(JAVA_FLOAT, i);
            float gradient = g.getAtIndex(JAVA_FLOAT, i) + decay * parameter;
            p.setAtIndex(JAVA_FLOAT, i, parameter - rate * gradient);
        }
    }

    static void momentum(
            MemorySegment p,
            MemorySegment g,
            MemorySegment buffer,
            int start,
            int end,
            float rate,
            float factor,
            boolean nesterov,
            float decay) {
        for (int i = start; i < end; i++) {
            float parameter = p.getAtIndex(JAVA_FLOAT, i);
            float gradient = g.getAtIndex(JAVA_FLOAT, i) + decay * parameter;
            float velocity = factor * buffer.getAtIndex(JAVA_FLOAT, i) + gradient;
            buffer.setAtIndex(JAVA_FLOAT, i, velocity);
            float direction = nesterov ? gradient + factor * velocity : velocity;
            p.setAtIndex(JAVA_FLOAT, i, parameter - rate * direction);
        }
    }

    static void adam(
            MemorySegment p,
            MemorySegment g,
            MemorySegment mean,
            MemorySegment square,
            int start,
            int end,
            float scale,
            float root,
            float weight1,
            float beta2,
            float weight2,
            float epsilon,
            float decay,
            float keep) {
        for (int i = start; i < end; i++) {
            float parameter = p.getAtIndex(JAVA_FLOAT, i);
            float gradient = g.getAtIndex(JAVA_FLOAT, i) + decay * parameter;
            float m = mean.getAtIndex(JAVA_FLOAT, i);
            m = m + weight1 * (gradient - m);
            mean.setAtIndex(JAVA_FLOAT, i, m);
            float v = square.getAtIndex(JAVA_FLOAT, i) * beta2 + weight2 * gradient * gradient;
            square.setAtIndex(JAVA_FLOAT, i, v);
            float denominator = (float) Math.sqrt(v) / root + epsilon;
            p.setAtIndex(JAVA_FLOAT, i, parameter * keep - scale * m / denominator);
        }
    }

    static void rmsProp(
            MemorySegment p,
            MemorySegment g,
            MemorySegment square,
            MemorySegment buffer,
            int start,
            int end,
            float rate,
            float alpha,
            float weight,
            float epsilon,
            float decay,
            float factor) {
        for (int i = start; i < end; i++) {
            float parameter = p.getAtIndex(JAVA_FLOAT, i);
            float gradient = g.getAtIndex(JAVA_FLOAT, i) + decay * parameter;
            float v = square.getAtIndex(JAVA_FLOAT, i) * alpha + weight * gradient * gradient;
            square.setAtIndex(JAVA_FLOAT, i, v);
            float denominator = (float) Math.sqrt(v) + epsilon;
            if (buffer == null) {
                p.setAtIndex(JAVA_FLOAT, i, parameter - rate * gradient / denominator);
            } else {
                float velocity = factor * buffer.getAtIndex(JAVA_FLOAT, i) + gradient / denominator;
                buffer.setAtIndex(JAVA_FLOAT, i, velocity);
                p.setAtIndex(JAVA_FLOAT, i, parameter - rate * velocity);
            }
        }
    }

    static void adagrad(
            MemorySegment p,
            MemorySegment g,
            MemorySegment sum,
            int start,
            int end,
            float rate,
            float epsilon,
            float decay) {
        for (int i = start; i < end; i++) {
            float parameter = p.getAtIndex(JAVA_FLOAT, i);
            float gradient = g.getAtIndex(JAVA_FLOAT, i) + decay * parameter;
            float s = sum.getAtIndex(JAVA_FLOAT, i) + gradient * gradient;
            sum.setAtIndex(JAVA_FLOAT, i, s);
            p.setAtIndex(JAVA_FLOAT, i, parameter - rate * gradient / ((float) Math.sqrt(s) + epsilon));
        }
    }
}
