package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.Expression.BinaryOperator;
import dev.rnnc.compiler.loop.Expression.Comparison;
import dev.rnnc.runtime.spec.Precision;

/** What the Vector API calls the loop IR's operators, and the numbers that stand for parts of a float's bits. */
public final class Vocabulary {
    /** Bits of a float's mantissa: shifting by them moves a whole number into the exponent, or the exponent out. */
    public static final int MANTISSA_BITS = 23;

    /** The bits of 1. */
    public static final int ONE = 0x3f800000;

    /** The bits of sqrt(1/2), the least mantissa. */
    public static final int LEAST_MANTISSA = 0x3f3504f3;

    /** Bits of half a float. */
    public static final int HALF_BITS = 16;

    /** The upper half of a float's bits. */
    public static final int UPPER_HALF = 0xffff0000;

    private Vocabulary() {}

    /** The vector method for an operator. */
    public static String method(BinaryOperator operator) {
        return switch (operator) {
            case ADD -> "add";
            case SUBTRACT -> "sub";
            case MULTIPLY -> "mul";
            case DIVIDE -> "div";
            case MINIMUM -> "min";
            case MAXIMUM -> "max";
            case STRICT_POWER -> throw new IllegalStateException(operator + " has no vector form");
        };
    }

    /** The runtime's method for an element of a dropout mask. */
    public static String maskValue(Precision precision) {
        return switch (precision) {
            case FLOAT -> "value";
            case DOUBLE -> "exactValue";
        };
    }

    /** The constant for vectors whose lanes are exchanged by {@code by}. */
    public static String exchange(int by) {
        return "EXCHANGE_" + by;
    }

    /** The constant of {@code VectorOperators} for a comparison. */
    public static String constant(Comparison comparison) {
        return switch (comparison) {
            case LESS -> "LT";
            case LESS_EQUAL -> "LE";
            case EQUAL -> "EQ";
        };
    }
}
