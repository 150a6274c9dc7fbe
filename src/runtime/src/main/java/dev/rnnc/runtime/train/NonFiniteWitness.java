package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/** Finds out where in a model's forward pass the first value arose that is not finite. Asked after a failure only. */
@FunctionalInterface
public interface NonFiniteWitness {
    /** Knows nothing. */
    NonFiniteWitness NONE = (program, steps, seed, states) -> Optional.empty();

    /**
     * Where it arose.
     *
     * @param place what and where in the model, as in {@code NaN in layer h1, gate f}
     * @param step the time step, counted from 0, or -1 where it has none
     * @param row the row, counted from 0, or -1 where it has none
     */
    record Origin(String place, int step, int row) {}

    /**
     * Looks for the first such value of a run.
     *
     * @param program what was run; its inputs, targets and parameters are still those of the run
     * @param steps over how many steps
     * @param seed of its dropout masks
     * @param states from before the run, laid out as the program's state ports; empty where they were zero
     * @return empty if all values of the forward pass are finite
     */
    Optional<Origin> find(Program program, int steps, long seed, Map<String, MemorySegment> states);
}
