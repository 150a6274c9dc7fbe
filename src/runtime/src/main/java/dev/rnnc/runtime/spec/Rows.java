package dev.rnnc.runtime.spec;

/** The row axes a value has in front of its feature shape. */
public enum Rows {
    /** No row axis: parameters, constants, the loss. */
    NONE,
    /** One row per sequence of the batch: {@code [B, ...]}. */
    BATCH,
    /** One row per time step and sequence: {@code [T, B, ...]}, time outermost. */
    SEQUENCE
}
