package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import java.util.List;

/** Hears of training's progress, on the training thread. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * A step's gradients are known and not yet clipped.
     *
     * @param programs the programs that ran, one a shard of the batch; not to be changed, nor kept
     * @param epoch from 1
     * @param step from 1 within the epoch
     */
    default void gradientsReady(List<Program> programs, int epoch, int step) {}

    /** A step was made. */
    default void stepEnded(StepResult result) {}

    /**
     * The model was run over a window of the validation data, for metrics.
     *
     * @param program holds outputs and targets; not to be changed, nor kept
     * @param steps time steps of the window
     * @param repeated how many of its sequences, the first ones, were in the window before and count no second time
     */
    default void validated(Program program, int steps, int repeated) {}

    /** An epoch and its validation came to their end. */
    default void epochEnded(EpochResult result) {}
}
