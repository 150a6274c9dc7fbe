package dev.rnnc.runtime.train;

/** Training met NaN or infinity; the message names epoch, step, window and the first bad value, and what to do. */
public final class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int epoch;
    private final int step;

    /** @param window counted from 0, or -1 where the place is in {@code what} */
    NonFiniteException(int epoch, int step, int window, String what) {
        super("epoch " + epoch + ", step " + step + (window < 0 ? "" : " (window " + (window + 1) + " of the data)")
                + ": " + what
                + "; lower the learning rate, add 'clip norm 1' to train {}, or check the data for values out"
                + " of range");
        this.epoch = epoch;
        this.step = step;
    }

    /** The epoch, counted from 1. */
    public int epoch() {
        return epoch;
    }

    /** The step in its epoch, counted from 1; 0 in the validation after the epoch. */
    public int step() {
        return step;
    }
}
