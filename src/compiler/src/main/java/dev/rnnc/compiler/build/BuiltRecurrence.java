package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Value;

/** A recurrence in the graph. */
sealed interface BuiltRecurrence permits BuiltScan, BuiltStep {
    /** Stands for the cell's result in the place of a state's index. */
    int RESULT = -1;

    /** The state after the last step. */
    Value finalState(int index);

    /** The state, or the {@link #RESULT}, after each step. */
    Value sequence(int index);
}
