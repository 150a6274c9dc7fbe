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
    ERF(1);

    private final int arity;

    Function(int arity) {
        this.arity = arity;
    }

    /** Number of operands. */
    public int arity() {
        return arity;
    }
}
