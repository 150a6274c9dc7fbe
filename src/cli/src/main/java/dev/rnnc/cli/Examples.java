package dev.rnnc.cli;

import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.train.BatchSource;
import java.util.Map;

/** Examples for a model's inputs and targets, wherever they come from. */
interface Examples {
    /** By name, the inputs and targets that have time steps. */
    Map<String, SequenceData.Steps> sequences();

    /** The largest T of the data; 1 where no port is a sequence. */
    int steps();

    /** N, the number of examples. */
    int batch();

    /** How many of the examples there is something to say of. */
    default int counted() {
        return batch();
    }

    /** Whether each example has a row of its own of some input or target; if not, all share what there is. */
    boolean hasRows();

    /** Writes all examples into a program that takes as many, as far as it has ports for their data. */
    void writeTo(Backend.Source model, Program program);

    /** Whether sequences end before the last step, so that a program must take lengths. */
    boolean padded();

    /** For each example the number of its targets that a loss is the mean of. */
    int[] targets(SequenceSources sources);

    /**
     * {@code count} examples from {@code first} on in their order, {@code size} at a time.
     *
     * @param lengths whether the program takes sequences of unequal length; needed where these are
     */
    BatchSource batches(Backend.Source model, boolean lengths, int first, int count, int size);
}
