package dev.rnnc.cli;

import dev.rnnc.runtime.spec.PortSpec;
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

    /** A token of a target as a person reads it: a word, a label, a character; its number where nothing else is known. */
    default String symbol(PortSpec target, int token) {
        return Integer.toString(token);
    }

    /** What the numbers of a target are, as in the data. */
    default String label(PortSpec target) {
        return target.name();
    }

    /** What stands between two tokens where they are written one behind the other. */
    default String between() {
        return " ";
    }

    /**
     * A number of a target in the unit that the data have it in.
     *
     * @param index its place in a row of the target
     * @param value as the model sees it
     */
    default double unscaled(PortSpec target, int index, double value) {
        return value;
    }

    /** Keeps in the run folder what the weights are of no use without. */
    void save(RunFolder folder) throws IOException;
}
