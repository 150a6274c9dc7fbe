package dev.rnnc.runtime.optimizer;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;

/**
 * The update rules on elements {@code [start, end)} in double. {@code p} are the parameters, {@code g} the gradients, the
 * other segments the optimiser's state. Double is for checks, not for speed, so there is
 * no vector form.
 */
final class DoubleKernels {
    private DoubleKernels() {}

    static void sgd(MemorySegment p, MemorySegment g, int start, int end, double rate, double decay) {
        for (int i = start; i < end; i++) {
            double parameter = p.getAtIndex(JAVA_DOUBLE, i);
            double gradient = g.getAtIndex(JAVA_DOUBLE, i) + decay * parameter;
            p.setAtIndex(JAVA_DOUBLE, i, parameter - rate * gradient);
        }
    }

    static void momentum(
            MemorySegment p,
            MemorySegment g,
            MemorySegment buffer,
            int start,
            int end,
            double rate,
            double factor,
            boolean nesterov,
            double decay) {
        for (int i = start; i < end; i++) {
            double parameter = p.getAtIndex(JAVA_DOUBLE, i);
            double gradient = g.getAtIndex(JAVA_DOUBLE, i) + decay * parameter;
            double velocity = factor * buffer.getAtIndex(JAVA_DOUBLE, i) + gradient;
            buffer.setAtIndex(JAVA_DOUBLE, i, velocity);
            double direction = nesterov ? gradient + factor * velocity : velocity;
            p.setAtIndex(JAVA_DOUBLE, i, parameter - rate * direction);
        }
    }

    static void adam(
            MemorySegment p,
            MemorySegment g,
            MemorySegment mean,
            MemorySegment square,
            int start,
            int end,
            double scale,
            double root,
            double beta1,
            double beta2,
            double epsilon,
            double decay,
            double keep) {
        for (int i = start; i < end; i++) {
            double parameter = p.getAtIndex(JAVA_DOUBLE, i);
            double gradient = g.getAtIndex(JAVA_DOUBLE, i) + decay * parameter;
            double m = mean.getAtIndex(JAVA_DOUBLE, i);
            m = m + (1 - beta1) * (gradient - m);
            mean.setAtIndex(JAVA_DOUBLE, i, m);
            double v = square.getAtIndex(JAVA_DOUBLE, i) * beta2 + (1 - beta2) * gradient * gradient;
            square.setAtIndex(JAVA_DOUBLE, i, v);
            double denominator = Math.sqrt(v) / root + epsilon;
            p.setAtIndex(JAVA_DOUBLE, i, parameter * keep - scale * m / denominator);
        }
    }

    static void rmsProp(
            MemorySegment p,
            MemorySegment g,
            MemorySegment square,
            MemorySegment buffer,
            int start,
            int end,
            double rate,
            double alpha,
            double epsilon,
            double decay,
            double factor) {
        for (int i = start; i < end; i++) {
            double parameter = p.getAtIndex(JAVA_DOUBLE, i);
            double gradient = g.getAtIndex(JAVA_DOUBLE, i) + decay * parameter;
            double v = square.getAtIndex(JAVA_DOUBLE, i) * alpha + (1 - alpha) * gradient * gradient;
            square.setAtIndex(JAVA_DOUBLE, i, v);
            double denominator = Math.sqrt(v) + epsilon;
            if (buffer == null) {
                p.setAtIndex(JAVA_DOUBLE, i, parameter - rate * gradient / denominator);
            } else {
                double velocity = factor * buffer.getAtIndex(JAVA_DOUBLE, i) + gradient / denominator;
                buffer.setAtIndex(JAVA_DOUBLE, i, velocity);
                p.setAtIndex(JAVA_DOUBLE, i, parameter - rate * velocity);
            }
        }
    }

    static void adagrad(
            MemorySegment p,
            MemorySegment g,
            MemorySegment sum,
            int start,
            int end,
            double rate,
            double epsilon,
            double decay) {
        for (int i = start; i < end; i++) {
            double parameter = p.getAtIndex(JAVA_DOUBLE, i);
            double gradient = g.getAtIndex(JAVA_DOUBLE, i) + decay * parameter;
            double s = sum.getAtIndex(JAVA_DOUBLE, i) + gradient * gradient;
            sum.setAtIndex(JAVA_DOUBLE, i, s);
            p.setAtIndex(JAVA_DOUBLE, i, parameter - rate * gradient / (Math.sqrt(s) + epsilon));
        }
    }
}
