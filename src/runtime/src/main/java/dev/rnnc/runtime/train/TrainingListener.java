package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import java.util.List;
import java.util.Map;

/** Hears of training's progress, on the training thread. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /**
     * A run's gradients are known and not yet clipped, nor summed with those of other runs of the same update. Where
     * windows are cut in time there are several runs in a step.
     *
     * @param programs the programs that ran, one a shard of the batch; not to be changed, nor kept
     * @param epoch from 1
     * @param step from 1 within the epoch
     */
    default void gradientsReady(List<Program> programs, int epoch, int step) {}

    /** A step was made. */
    default void stepEnded(StepResult result) {}

    /**
     * The model was run over a window of the validation data, for metrics. Where threads share batches, this is called for
     * each shard of the window's rows in turn.
     *
     * @param program holds outputs and targets; not to be changed, nor kept
     * @param steps time steps of the window
     * @param repeated how many of its sequences, the first ones, were in the window before and count no second time
     */
    default void validated(Program program, int steps, int repeated) {}

    /**
     * A step was left out, or undone with all since the last safe point, because of a value that is not finite.
     *
     * @param reason epoch, step and what was found
     * @param rate the optimiser's learning rate from now on
     */
    default void stepLost(String reason, double rate) {}

    /**
     * A checkpoint is written: a listener that sums up over an epoch puts its sums there, to go on with the same ones.
     *
     * @param checkpoint entries by name; a listener begins its names with one of its own
     */
    default void saveTo(Map<String, String> checkpoint) {}

    /** Training goes on from a checkpoint, with what {@link #saveTo} put there, if this listener did. */
    default void resumeFrom(Map<String, String> checkpoint) {}

    /** An epoch and its validation came to their end. */
    default void epochEnded(EpochResult result) {}
}
