package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Set;

/** What every generated class implements, whichever backend made it. */
public interface CompiledModel {
    /** The contract version that generated code and runtime must share. */
    int ABI = 3;

    /** What the model is. */
    ModelSpec spec();

    /** The programs this class holds. */
    Set<ProgramKind> programs();

    /**
     * A new program over {@code parameters}, with its own state and scratch memory.
     *
     * @throws IllegalArgumentException if the class does not hold that program
     */
    Program newProgram(ProgramKind kind, Parameters parameters);
}
