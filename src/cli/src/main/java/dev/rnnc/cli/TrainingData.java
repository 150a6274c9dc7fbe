package dev.rnnc.cli;

import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchSource;
import java.io.IOException;

/** What a model is trained on. */
interface TrainingData {
    /** Where the data come from, for messages. */
    String name();

    /** One line on what there is. */
    String description();

    /** What losses and speed count. */
    LossUnit unit();

    /** Whether sequences differ in length, so that programs must take lengths. */
    default boolean padded() {
        return false;
    }

    /** Windows to train on. */
    BatchSource training(TrainSettings settings);

    /** Windows to validate on. */
    BatchSource validation(TrainSettings settings);

    /** Keeps in the run folder what the weights are of no use without. */
    void save(RunFolder folder) throws IOException;
}
