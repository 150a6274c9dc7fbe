package dev.rnnc.runtime.train;

/**
 * The gradient of a loss over a whole is not that of its parts, as in the root of a mean, and a setting asks for parts. The
 * message names both.
 */
public class UnmergeableLossException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnmergeableLossException(String message) {
        super(message);
    }
}
