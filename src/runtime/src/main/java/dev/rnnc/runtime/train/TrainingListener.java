package dev.rnnc.runtime.train;

/** Hears of training's progress, on the training thread. */
public interface TrainingListener {
    /** Hears nothing. */
    TrainingListener NONE = new TrainingListener() {};

    /** A step was made. */
    default void stepEnded(StepResult result) {}

    /** An epoch and its validation came to their end. */
    default void epochEnded(EpochResult result) {}
}
