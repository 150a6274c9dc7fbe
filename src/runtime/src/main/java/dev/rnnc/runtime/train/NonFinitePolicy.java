package dev.rnnc.runtime.train;

/** What training does where a loss, gradient or parameter is NaN or infinite. */
public enum NonFinitePolicy {
    /** Ends with a {@link NonFiniteException}; the parameters are those from before the step. */
    STOP,
    /** Leaves the window out: no update, states back to zero. Many windows in a row end training all the same. */
    SKIP,
    /**
     * Goes back to the parameters and the optimiser's state of the last checkpoint or the epoch's start, halves the learning
     * rate and goes on with the next window. Many times end training all the same.
     */
    ROLLBACK
}
