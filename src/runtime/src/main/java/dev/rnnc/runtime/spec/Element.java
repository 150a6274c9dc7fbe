package dev.rnnc.runtime.spec;

/** What one element of a value is. */
public enum Element {
    /** A floating-point number of the model's {@link Precision}. */
    REAL,
    /** An index into a vocabulary, held as a 32-bit integer. */
    TOKEN
}
