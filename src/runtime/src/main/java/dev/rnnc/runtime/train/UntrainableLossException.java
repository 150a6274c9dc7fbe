package dev.rnnc.runtime.train;

/**
 * A loss has no gradient to learn from: it depends on no parameter; or a setting asks for parts of a batch, and the gradient
 * over a whole is not that of its parts, as in the root of a mean. The message says which.
 */
public class UntrainableLossException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UntrainableLossException(String message) {
        super(message);
    }
}
