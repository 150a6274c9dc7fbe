package dev.rnnc.compiler.diag;

/** How much a diagnostic weighs. */
public enum Severity {
    /** The model cannot be compiled. */
    ERROR,
    /** The model compiles, but something looks unintended. */
    WARNING
}
