package dev.rnnc.compiler.graph;

/** The element-wise functions. Everything else a model calls is written in the language in terms of these. */
public enum Function {
    ADD(2),
    SUBTRACT(2),
    MULTIPLY(2),
    DIVIDE(2),
    MINIMUM(2),
    MAXIMUM(2),
    /** 1 where the first is less than the second, else 0. */
    LESS(2),
    /** 1 where the first is at most the second, else 0. */
    LESS_EQUAL(2),
    /** 1 where both are equal, else 0. */
    EQUAL(2),
    /** The second where the first is not 0, else the third. */
    SELECT(3),
    NEGATE(1),
    ABSOLUTE(1),
    SQUARE_ROOT(1),
    EXPONENTIAL(1),
    LOGARITHM(1),
    SIGMOID(1),
    TANH(1),
    /** The Gauss error function, for the exact gelu. */
    ERF(1),
    /** {@code e^x - 1}, exact to the last bits near 0. */
    EXPM1(1),
    /** {@code ln(1 + x)}, exact to the last bits near 0. */
    LOG1P(1),
    /**
     * The first to the power of the second, as C's {@code pow}: {@code x^0} and {@code 1^y} are 1 whatever the other is, a
     * number below 0 has powers for whole exponents only.
     */
    POWER(2);

    private final int arity;

    Function(int arity) {
        this.arity = arity;
    }

    /** Number of operands. */
    public int arity() {
        return arity;
    }
}
