package dev.rnnc.compiler.unroll;

/** A loop was to be unrolled into more than can be compiled. */
public final class UnrollLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    UnrollLimitException(String message, int line) {
        super(message);
        this.line = line;
    }

    /** The line of the model's file that the loop stands for; 0 if there is none. */
    public int line() {
        return line;
    }
}
