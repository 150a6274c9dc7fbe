package dev.rnnc.runtime.random;

/**
 * The masks of inverted dropout as a function of seed, stream and element, without state: forward pass, backward pass,
 * threads and engines agree on each mask without passing it around.
 *
 * <p>The element's index is {@code (t * B + b) * width + feature}, {@code t} the absolute time step (0 without a time
 * axis). Bits are mixed by the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014).
 */
public final class RandomMask {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private RandomMask() {}

    /**
     * One element of a mask.
     *
     * @param seed seed of the run
     * @param stream number of the dropout in the model
     * @param element index of the element
     * @param keep probability to keep, in (0, 1]
     * @return 0 with probability {@code 1 - keep}, else {@code 1 / keep}
     */
    public static float value(long seed, int stream, long element, double keep) {
        return value(key(seed, stream), element, keep);
    }

    /** The same element in double precision: {@code 1 / keep} is not rounded to a float. */
    public static double exactValue(long seed, int stream, long element, double keep) {
        return exactValue(key(seed, stream), element, keep);
    }

    /** What {@link #value(long, long, double)} needs of seed and stream; the same for all elements of a mask. */
    public static long key(long seed, int stream) {
        return mix(mix(seed + GOLDEN) + GOLDEN * (stream + 1L));
    }

    /** One element of the mask with that {@link #key}. */
    public static float value(long key, long element, double keep) {
        return (float) exactValue(key, element, keep);
    }

    /** The same in double precision. */
    public static double exactValue(long key, long element, double keep) {
        long bits = mix(key + GOLDEN * element);
        double uniform = (bits >>> 11) * 0x1p-53;
        return uniform < keep ? 1 / keep : 0;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
