package dev.rnnc.bench.workload;

import dev.rnnc.runtime.spec.ProgramKind;

/** What one call of a measured program does. */
public enum Work {
    /** One time step of one sequence; the state is carried from call to call. */
    STEP(ProgramKind.STEP),
    /** A whole sequence from a zero state, inference. */
    SEQUENCE(ProgramKind.SEQUENCE),
    /** Forward pass and BPTT from a zero state; with Adam also its update and whatever the engine must do after it. */
    TRAINING(ProgramKind.TRAINING);

    private final ProgramKind program;

    Work(ProgramKind program) {
        this.program = program;
    }

    /** The compiled program that does it. */
    public ProgramKind program() {
        return program;
    }
}
