package dev.rnnc.cli;

import dev.rnnc.compiler.driver.BackendKind;
import picocli.CommandLine.Option;

/** {@code --backend}, of commands that compile a model in memory. */
final class BackendOption {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description =
                    "What makes the classes: bytecode (the default), or java, which also needs the JDK's compiler;"
                            + " both give the same bits.")
    private BackendKind kind;

    /** The backend given, or the default. */
    BackendKind kind() {
        return kind == null ? BackendKind.BYTECODE : kind;
    }

    boolean isGiven() {
        return kind != null;
    }
}
