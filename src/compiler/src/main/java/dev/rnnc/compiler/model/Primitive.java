package dev.rnnc.compiler.model;

import java.util.Arrays;
import java.util.Optional;

/** The element-wise functions that are not written in the language. */
public enum Primitive {
    ADD("+", 2),
    SUBTRACT("-", 2),
    MULTIPLY("*", 2),
    DIVIDE("/", 2),
    LESS("<", 2),
    LESS_EQUAL("<=", 2),
    EQUAL("==", 2),
    NEGATE("-", 1),
    MINIMUM("min", 2),
    MAXIMUM("max", 2),
    WHERE("where", 3),
    ABSOLUTE("abs", 1),
    SQUARE_ROOT("sqrt", 1),
    EXPONENTIAL("exp", 1),
    LOGARITHM("log", 1),
    SIGMOID("sigmoid", 1),
    TANH("tanh", 1),
    ERF("erf", 1),
    EXPM1("expm1", 1),
    LOG1P("log1p", 1),
    POWER("^", 2),
    /** The operand itself, which no gradient passes. */
    DETACH("detach", 1);

    private final String symbol;
    private final int arity;

    Primitive(String symbol, int arity) {
        this.symbol = symbol;
        this.arity = arity;
    }

    /** As written in a model. */
    public String symbol() {
        return symbol;
    }

    /** Number of operands. */
    public int arity() {
        return arity;
    }

    /** Whether it is written as a call. */
    public boolean named() {
        return Character.isLetter(symbol.charAt(0));
    }

    /** The function called {@code name}. */
    public static Optional<Primitive> named(String name) {
        return Arrays.stream(values())
                .filter(p -> p.named() && p.symbol.equals(name))
                .findFirst();
    }
}
