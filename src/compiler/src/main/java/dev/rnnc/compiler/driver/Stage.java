package dev.rnnc.compiler.driver;

/** The stages whose result can be printed. */
public enum Stage {
    SYNTAX,
    MODEL,
    GRAPH,
    GRADIENT,
    OPTIMIZED,
    LOOP,
    JAVA
}
