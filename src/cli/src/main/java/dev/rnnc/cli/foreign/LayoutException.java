package dev.rnnc.cli.foreign;

/** A step of a weight map does not fit the tensor it is applied to. */
final class LayoutException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LayoutException(String message) {
        super(message);
    }
}
