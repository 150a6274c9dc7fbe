package dev.rnnc.cli.data;

/** Data that cannot be used; the message names the file, the place in it and the remedy. */
public final class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
