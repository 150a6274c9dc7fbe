package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Value;
import java.util.List;

/**
 * One step of a recurrence in the graph of a generator.
 *
 * @param states the states after the step, [B, H]
 * @param result the cell's result, [B, ...]
 */
record BuiltStep(List<Value> states, Value result) implements BuiltRecurrence {
    BuiltStep {
        states = List.copyOf(states);
    }

    @Override
    public Value finalState(int index) {
        throw new IllegalStateException("a generator has no last step");
    }

    @Override
    public Value sequence(int index) {
        return index == RESULT ? result : states.get(index);
    }
}
