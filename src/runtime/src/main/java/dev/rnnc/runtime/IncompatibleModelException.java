package dev.rnnc.runtime;

/** A compiled class was made for another version of the runtime. */
public final class IncompatibleModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message which class, which versions, and what to do */
    public IncompatibleModelException(String message) {
        super(message);
    }

    /** The same where the class itself fails in this runtime. */
    public IncompatibleModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
