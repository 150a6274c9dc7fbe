package dev.rnnc.compiler.graph;

/** A stage failed at a value: a fault of the compiler, with the equation that the value stands for. */
public final class ValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Origin origin;

    private ValueException(Origin origin, RuntimeException cause) {
        super("at " + origin, cause);
        this.origin = origin;
    }

    /** {@code cause} with the place where it happened; one that has a place, or that a caller expects, stays as it is. */
    public static RuntimeException of(Value value, RuntimeException cause) {
        boolean placed = cause instanceof ValueException || cause instanceof ArithmeticException;
        return placed || value.origin().line() == 0 ? cause : new ValueException(value.origin(), cause);
    }

    /** The equation. */
    public Origin origin() {
        return origin;
    }
}
