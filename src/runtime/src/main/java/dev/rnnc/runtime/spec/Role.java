package dev.rnnc.runtime.spec;

/** What a named port of a program is for. */
public enum Role {
    /** Data the caller writes before a run. */
    INPUT,
    /** Data the loss compares with; the caller writes it before a run. */
    TARGET,
    /** A declared output of the model. */
    OUTPUT,
    /** A named layer that is not an output, shown for inspection. */
    LAYER,
    /** A recurrent state {@code [B, H]}: read as the start of the first step, overwritten with the end of the last. */
    STATE,
    /** The gradient of the loss with respect to a real-valued input. */
    INPUT_GRADIENT,
    /**
     * The gradient of the loss with respect to a recurrent state after each step, {@code [T, B, H]}, named {@code
     * grad.LAYER.STATE}; only where a training program was compiled with gradient flow.
     */
    STATE_GRADIENT,
    /**
     * What a sigmoid, tanh or relu of the model gave, {@code [T, B, H]} or {@code [B, H]}, named {@code
     * LAYER.VARIABLE.FUNCTION}, or {@code LAYER.FUNCTION}; only in a program with gradient flow.
     */
    ACTIVATION,
    /**
     * The rows of a parameter's gradient that are not zero: tokens, named {@code touched.PARAMETER}, and {@code
     * touched.PARAMETER#2} and so on for further lookups in the same table. All rows of the port count, whatever the steps
     * of the last run; a row that none of them names is zero. Only in a training program, and only for tables that have
     * many more rows than a run has tokens.
     */
    TOUCHED_ROWS,
    /**
     * A numerator of the loss, or the part of it that adds up, as a single number; see {@link
     * dev.rnnc.runtime.train.LossSum}. Only in programs with a loss that has more than one part.
     */
    LOSS_PART,
    /** What a numerator of the loss is divided by: how many rows or steps, or the sum of weights; a single number. */
    LOSS_COUNT,
    /**
     * What the caller wants a numerator divided by instead, where the run is a part of something larger: a single number,
     * and 0, as at first, for the run's own {@link #LOSS_COUNT}. Only in training programs whose loss has several parts.
     */
    LOSS_TOTAL,
    /**
     * Rows of the batch that the loss leaves out, {@code [B]}: those where it is not 0. At first it leaves out none. Only in
     * evaluation programs.
     */
    UNCOUNTED_ROWS
}
