package dev.rnnc.compiler.explain;

/** All numbers from {@code low} to {@code high}, which may be infinite. */
record Interval(double low, double high) {
    static final Interval ALL = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    static final Interval ZERO = new Interval(0, 0);

    static Interval of(double... values) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return new Interval(low, high);
    }

    /** The largest absolute value. */
    double magnitude() {
        return Math.max(Math.abs(low), Math.abs(high));
    }

    /** The smallest absolute value. */
    double distanceFromZero() {
        return low > 0 ? low : high < 0 ? -high : 0;
    }

    Interval hull(Interval other) {
        return new Interval(Math.min(low, other.low), Math.max(high, other.high));
    }

    Interval plus(Interval other) {
        return new Interval(low + other.low, high + other.high);
    }

    Interval negated() {
        return new Interval(-high, -low);
    }

    Interval times(Interval other) {
        return of(
                product(low, other.low), product(low, other.high), product(high, other.low), product(high, other.high));
    }

    /** All quotients; everything where the divisor may be zero. */
    Interval dividedBy(Interval other) {
        return other.distanceFromZero() == 0 ? ALL : times(new Interval(1 / other.high, 1 / other.low));
    }

    Interval absolute() {
        return new Interval(distanceFromZero(), magnitude());
    }

    Interval smaller(Interval other) {
        return new Interval(Math.min(low, other.low), Math.min(high, other.high));
    }

    Interval larger(Interval other) {
        return new Interval(Math.max(low, other.low), Math.max(high, other.high));
    }

    /** Zero wins over infinity: the other factor is finite, only not known. */
    static double product(double a, double b) {
        return a == 0 || b == 0 ? 0 : a * b;
    }
}
