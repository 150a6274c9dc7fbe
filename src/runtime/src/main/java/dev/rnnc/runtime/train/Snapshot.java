package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.Optimizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Parameters and optimiser as they were at a safe point, to go back to. */
final class Snapshot {
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final Parameters savedParameters;
    private final Map<String, MemorySegment> savedState = new LinkedHashMap<>();
    private long steps;

    Snapshot(Parameters parameters, Optimizer optimizer) {
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.savedParameters = new Parameters(parameters.spec());
        optimizer
                .state()
                .forEach((name, data) -> savedState.put(name, Arena.ofAuto().allocate(data.byteSize(), 64)));
        take();
    }

    /** Makes now the safe point. */
    void take() {
        savedParameters.copyFrom(parameters);
        optimizer.state().forEach((name, data) -> savedState.get(name).copyFrom(data));
        steps = optimizer.steps();
    }

    /** Goes back. */
    void restore() {
        parameters.copyFrom(savedParameters);
        optimizer.state().forEach((name, data) -> data.copyFrom(savedState.get(name)));
        optimizer.steps(steps);
    }
}
