package dev.rnnc.runtime.math;

/** The Gauss error function {@code erf(x) = 2/sqrt(pi) * integral of exp(-t^2) from 0 to x}. */
public final class Erf {
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;
    private static final double ONE_OVER_SQRT_PI = 0.5641895835477563;
    /** Beyond this erf is 1 in double precision. */
    private static final double SATURATED = 6;
    /** Below this the series is used, from here on the continued fraction, where erfc is small. */
    private static final double SPLIT = 2;

    private Erf() {}

    /** {@code erf(x)} with a relative error below 1e-15; odd, NaN for NaN. */
    public static double erf(double x) {
        double magnitude = Math.abs(x);
        if (magnitude < SPLIT) {
            return series(x);
        }
        if (magnitude < SATURATED) {
            return Math.copySign(1 - complement(magnitude), x);
        }
        return Double.isNaN(x) ? x : Math.copySign(1, x);
    }

    /** {@code erf(x)}, rounded from double precision. */
    public static float erf(float x) {
        return (float) erf((double) x);
    }

    /** exp(-x^2), with the rounding error of x^2 taken back: it would be multiplied by x^2. */
    private static double bell(double x) {
        double square = x * x;
        double error = Math.fma(x, x, -square);
        return StrictMath.exp(-square) * (1 - error);
    }

    /** Kummer's form, all terms positive: {@code 2x/sqrt(pi) exp(-x^2) sum (2x^2)^n / (1*3*...*(2n+1))}. */
    private static double series(double x) {
        double doubled = 2 * x * x;
        double term = 1;
        double tail = 0; // the sum without its first term, smaller and so more exact
        for (int n = 1; term > 1e-18 * (1 + tail); n++) {
            term *= doubled / (2 * n + 1);
            tail += term;
        }
        double scale = TWO_OVER_SQRT_PI * x * bell(x);
        return Math.fma(scale, tail, scale);
    }

    /** {@code erfc(x) = exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + ...))))} for {@code x >= 2}. */
    private static double complement(double x) {
        double fraction = x;
        for (int n = 60; n > 0; n--) {
            fraction = x + n * 0.5 / fraction;
        }
        return ONE_OVER_SQRT_PI * bell(x) / fraction;
    }
}
