package dev.rnnc.runtime.optimizer;

import dev.rnnc.runtime.Lanes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FloatKernels} over whole vectors: the same operations in the same order on each element, hence the same bits
 * for any lane count. Each method returns where it stopped; the scalar kernel does the rest. Loaded only where the
 * vector module is present.
 *
 * <p>Each method asks its segments whether they are native and drops the answer, which tells HotSpot their class. While
 * code is not compiled yet, the JDK reinterprets a vector by way of an array, and from then on HotSpot expects arrays
 * behind every segment a vector is stored into, asks at each access, and reads address, length and scope anew.
 */
final class VectorKernels {
    private static final VectorSpecies<Float> SPECIES = species();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private VectorKernels() {}

    static int sgd(MemorySegment p, MemorySegment g, int start, int end, float rate, float decay) {
        p.isNative();
        g.isNative();
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            long at = 4L * i;
            FloatVector parameter = FloatVector.fromMemorySegment(SPECIES, p, at, ORDER);
            FloatVector gradient =
                    FloatVector.fromMemorySegment(SPECIES, g, at, ORDER).add(parameter.mul(decay));
            parameter.sub(gradient.mul(rate)).intoMemorySegment(p, at, ORDER);
        }
        return bound;
    }

    static int momentum(
            MemorySegment p,
            MemorySegment g,
            MemorySegment buffer,
            int start,
            int end,
            float rate,
            float factor,
            boolean nesterov,
            float decay) {
        p.isNative();
        g.isNative();
        buffer.isNative();
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            long at = 4L * i;
            FloatVector parameter = FloatVector.fromMemorySegment(SPECIES, p, at, ORDER);
            FloatVector gradient =
                    FloatVector.fromMemorySegment(SPECIES, g, at, ORDER).add(parameter.mul(decay));
            FloatVector velocity = FloatVector.fromMemorySegment(SPECIES, buffer, at, ORDER)
                    .mul(factor)
                    .add(gradient);
            velocity.intoMemorySegment(buffer, at, ORDER);
            if (nesterov) {
                parameter.sub(gradient.add(velocity.mul(factor)).mul(rate)).intoMemorySegment(p, at, ORDER);
            } else {
                parameter.sub(velocity.mul(rate)).intoMemorySegment(p, at, ORDER);
            }
        }
        return bound;
    }

    static int adam(
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
        p.isNative();
        g.isNative();
        mean.isNative();
        square.isNative();
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            long at = 4L * i;
            FloatVector parameter = FloatVector.fromMemorySegment(SPECIES, p, at, ORDER);
            FloatVector gradient =
                    FloatVector.fromMemorySegment(SPECIES, g, at, ORDER).add(parameter.mul(decay));
            FloatVector m = FloatVector.fromMemorySegment(SPECIES, mean, at, ORDER);
            m = m.add(gradient.sub(m).mul(weight1));
            m.intoMemorySegment(mean, at, ORDER);
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, square, at, ORDER)
                    .mul(beta2)
                    .add(gradient.mul(weight2).mul(gradient));
            v.intoMemorySegment(square, at, ORDER);
            FloatVector denominator = v.sqrt().div(root).add(epsilon);
            parameter.mul(keep).sub(m.mul(scale).div(denominator)).intoMemorySegment(p, at, ORDER);
        }
        return bound;
    }

    static int rmsProp(
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
        p.isNative();
        g.isNative();
        square.isNative();
        if (buffer != null) {
            buffer.isNative();
        }
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            long at = 4L * i;
            FloatVector parameter = FloatVector.fromMemorySegment(SPECIES, p, at, ORDER);
            FloatVector gradient =
                    FloatVector.fromMemorySegment(SPECIES, g, at, ORDER).add(parameter.mul(decay));
            FloatVector v = FloatVector.fromMemorySegment(SPECIES, square, at, ORDER)
                    .mul(alpha)
                    .add(gradient.mul(weight).mul(gradient));
            v.intoMemorySegment(square, at, ORDER);
            FloatVector denominator = v.sqrt().add(epsilon);
            if (buffer == null) {
                parameter.sub(gradient.mul(rate).div(denominator)).intoMemorySegment(p, at, ORDER);
            } else {
                FloatVector velocity = FloatVector.fromMemorySegment(SPECIES, buffer, at, ORDER)
                        .mul(factor)
                        .add(gradient.div(denominator));
                velocity.intoMemorySegment(buffer, at, ORDER);
                parameter.sub(velocity.mul(rate)).intoMemorySegment(p, at, ORDER);
            }
        }
        return bound;
    }

    static int adagrad(
            MemorySegment p,
            MemorySegment g,
            MemorySegment sum,
            int start,
            int end,
            float rate,
            float epsilon,
            float decay) {
        p.isNative();
        g.isNative();
        sum.isNative();
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            long at = 4L * i;
            FloatVector parameter = FloatVector.fromMemorySegment(SPECIES, p, at, ORDER);
            FloatVector gradient =
                    FloatVector.fromMemorySegment(SPECIES, g, at, ORDER).add(parameter.mul(decay));
            FloatVector s =
                    FloatVector.fromMemorySegment(SPECIES, sum, at, ORDER).add(gradient.mul(gradient));
            s.intoMemorySegment(sum, at, ORDER);
            parameter.sub(gradient.mul(rate).div(s.sqrt().add(epsilon))).intoMemorySegment(p, at, ORDER);
        }
        return bound;
    }

    private static VectorSpecies<Float> species() {
        return switch (Lanes.count()) {
            case 16 -> FloatVector.SPECIES_512;
            case 8 -> FloatVector.SPECIES_256;
            default -> FloatVector.SPECIES_128;
        };
    }
}
