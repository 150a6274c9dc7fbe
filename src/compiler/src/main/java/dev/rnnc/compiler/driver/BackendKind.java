package dev.rnnc.compiler.driver;

/** What turns the loop IR into classes. Both give the same bits. */
public enum BackendKind {
    /** Java source, which the JDK's compiler makes classes of. */
    JAVA,
    /** Class files at once, without the JDK's compiler. */
    BYTECODE
}
