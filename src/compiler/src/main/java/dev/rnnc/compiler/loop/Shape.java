package dev.rnnc.compiler.loop;

/** What an expression of a kernel yields. */
public enum Shape {
    /** As many real numbers as the target has lanes; with one lane, a plain number. */
    VECTOR,
    /** One real number. */
    SCALAR,
    /** One token index. */
    TOKEN
}
