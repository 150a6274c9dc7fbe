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
    INPUT_GRADIENT
}
