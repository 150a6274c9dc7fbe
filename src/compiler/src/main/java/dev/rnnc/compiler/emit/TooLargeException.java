package dev.rnnc.compiler.emit;

/** What would be emitted is more than a class file can hold. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is too large, by how much */
    public TooLargeException(String message) {
        super(message);
    }
}
