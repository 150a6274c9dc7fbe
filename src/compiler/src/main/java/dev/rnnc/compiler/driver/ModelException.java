package dev.rnnc.compiler.driver;

/** A model has errors, or cannot be compiled; the message is for the user, with file and line. */
public final class ModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelException(String message) {
        super(message);
    }
}
