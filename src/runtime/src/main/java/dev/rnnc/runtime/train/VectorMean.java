package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Lanes;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float loops of {@link GradientMean} over whole vectors: HotSpot makes none of them by itself, as it does not know that
 * the arrays are apart. Each method returns where it stopped. Loaded only where the vector module is present. Why segments
 * are asked whether they are native: see the vector kernels of optimisers.
 */
final class VectorMean {
    private static final VectorSpecies<Float> SPECIES =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Float.SIZE * Lanes.count()));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private VectorMean() {}

    /** {@code sum = by gradient}. */
    static int scale(MemorySegment sum, MemorySegment gradient, float by, int start, int end) {
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            sum.isNative();
            gradient.isNative();
            FloatVector.fromMemorySegment(SPECIES, gradient, 4L * i, ORDER)
                    .mul(by)
                    .intoMemorySegment(sum, 4L * i, ORDER);
        }
        return bound;
    }

    /** {@code sum = keep sum + by gradient}, each product and the sum rounded. */
    static int add(MemorySegment sum, float keep, MemorySegment gradient, float by, int start, int end) {
        int bound = start + SPECIES.loopBound(end - start);
        for (int i = start; i < bound; i += SPECIES.length()) {
            sum.isNative();
            gradient.isNative();
            FloatVector.fromMemorySegment(SPECIES, sum, 4L * i, ORDER)
                    .mul(keep)
                    .add(FloatVector.fromMemorySegment(SPECIES, gradient, 4L * i, ORDER)
                            .mul(by))
                    .intoMemorySegment(sum, 4L * i, ORDER);
        }
        return bound;
    }
}
