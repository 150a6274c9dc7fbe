package dev.rnnc.maven;

/** A bug in rnnc; the message says what it was doing, and with which model. */
final class CompilerBug extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CompilerBug(String message, Throwable cause) {
        super(message, cause);
    }
}
