package dev.rnnc.runtime.train;

/** A checkpoint cannot be written, or training cannot go on from it; the message says why and what is left. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckpointException(String message) {
        super(message);
    }

    CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
