package dev.rnnc.runtime.random;

/**
 * Random numbers as a pure function of seed, stream and counter: Philox4x32-10 of Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), with the seed as key and counter and stream as its 128-bit
 * counter. Numbers can be drawn in any order and by any thread; the same three arguments give the same bits on every
 * machine.
 *
 * <p>An instance is a cursor over one stream, for callers that draw one number after another. It belongs to one thread.
 */
public final class CounterRandom {
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final int ROUNDS = 10;
    private static final long LOW = 0xFFFFFFFFL;
    private static final double UNIT = 0x1p-53;

    private final long seed;
    private final long stream;
    private long counter;

    /** A cursor at the start of a stream. */
    public CounterRandom(long seed, long stream) {
        this(seed, stream, 0);
    }

    /** A cursor somewhere in a stream, to go on where {@link #counter} said. */
    public CounterRandom(long seed, long stream, long counter) {
        this.seed = seed;
        this.stream = stream;
        this.counter = counter;
    }

    /** 64 random bits. */
    public static long bits(long seed, long stream, long counter) {
        return philox(seed, stream, counter, false);
    }

    /** Uniform on {@code [0, 1)}, a multiple of 2^-53. */
    public static double uniform(long seed, long stream, long counter) {
        return (bits(seed, stream, counter) >>> 11) * UNIT;
    }

    /** Uniform on {@code [0, 1)}, a multiple of 2^-24. */
    public static float uniformFloat(long seed, long stream, long counter) {
        return (bits(seed, stream, counter) >>> 40) * 0x1p-24f;
    }

    /**
     * Standard normal by the Box-Muller transform of the two halves of one 128-bit block: {@code sqrt(-2 ln u) cos(2 pi
     * v)}, in {@link StrictMath}, so that the bits do not depend on the machine.
     */
    public static double normal(long seed, long stream, long counter) {
        double u = ((philox(seed, stream, counter, false) >>> 11) + 1) * UNIT;
        double v = (philox(seed, stream, counter, true) >>> 11) * UNIT;
        return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
    }

    /** The stream that belongs to a name: its 64-bit FNV-1a hash over UTF-16 code units. */
    public static long stream(String name) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash ^ name.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The next 64 random bits. */
    public long nextBits() {
        return bits(seed, stream, counter++);
    }

    /** The next number uniform on {@code [0, 1)}. */
    public double nextUniform() {
        return uniform(seed, stream, counter++);
    }

    /** The next standard normal number. */
    public double nextNormal() {
        return normal(seed, stream, counter++);
    }

    /** The next integer uniform on {@code [0, bound)}. */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("the bound must be positive, but is " + bound);
        }
        // The upper half of a 128-bit product; its bias is below bound / 2^64.
        return (int) Math.unsignedMultiplyHigh(nextBits(), bound);
    }

    /** Counter of the next number. */
    public long counter() {
        return counter;
    }

    /** One half of the 128-bit block; kept free of arrays so that drawing a number allocates nothing. */
    private static long philox(long seed, long stream, long counter, boolean upper) {
        int c0 = (int) counter;
        int c1 = (int) (counter >>> 32);
        int c2 = (int) stream;
        int c3 = (int) (stream >>> 32);
        int k0 = (int) seed;
        int k1 = (int) (seed >>> 32);
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = MULTIPLIER_0 * (c0 & LOW);
            long p1 = MULTIPLIER_1 * (c2 & LOW);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return upper ? (c3 & LOW) << 32 | (c2 & LOW) : (c1 & LOW) << 32 | (c0 & LOW);
    }
}
