package dev.rnnc.runtime.math;

/** Numbers of 16 bits that are the upper half of a float's: the same exponents, 8 bits of precision. */
public final class Bfloat16 {
    private static final int BITS = 16;
    private static final int UPPER = 0xffff0000;

    private Bfloat16() {}

    /**
     * The nearest number with 8 bits of precision; of two, the one with an even mantissa. What is beyond the largest
     * becomes infinite, NaN stays NaN. The relative error of a number from 2^-126 on is below 2^-8.
     */
    public static float round(float x) {
        if (Float.isNaN(x)) {
            return x;
        }
        int bits = Float.floatToRawIntBits(x);
        int even = (bits >>> BITS) & 1;
        return Float.intBitsToFloat(bits + 0x7fff + even & UPPER);
    }

    /** The bits of two rounded numbers as those of one float, which is for memory only. */
    public static float pair(float low, float high) {
        return Float.intBitsToFloat(bits(low) >>> BITS | bits(high));
    }

    private static int bits(float x) {
        // Of a NaN the upper half may be infinite, were it not for the quiet bit.
        return Float.isNaN(x) ? 0x7fc00000 : Float.floatToRawIntBits(round(x));
    }
}
