package dev.rnnc.runtime.math;

/** Powers with C's limits and with the same bits on every machine. */
public final class Power {
    private Power() {}

    /**
     * {@code base^exponent}, within one unit of the last place. {@code x^0} and {@code 1^y} are 1, whatever the other is, and
     * so is -1 to an infinite power: there C, and with it PyTorch, has a number where Java has NaN.
     */
    public static double power(double base, double exponent) {
        return base == 1 || base == -1 && Double.isInfinite(exponent) ? 1 : StrictMath.pow(base, exponent);
    }
}
