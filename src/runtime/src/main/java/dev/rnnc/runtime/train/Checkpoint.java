package dev.rnnc.runtime.train;

import dev.rnnc.runtime.weights.Tensor;
import java.util.List;
import java.util.Map;

/**
 * All that training needs to go on with the same bits: parameters, optimiser, learning rate, place in the data, sums of the
 * epoch, states, the best parameters so far. Random numbers need no state but their counters.
 */
public final class Checkpoint {
    private final String name;
    private final Map<String, String> values;
    private final Map<String, Tensor> tensors;

    /** @param name its file, for messages */
    Checkpoint(String name, Map<String, String> values, Map<String, Tensor> tensors) {
        this.name = name;
        this.values = values;
        this.tensors = tensors;
    }

    /** The epoch that was being made, counted from 1. */
    public int epoch() {
        return Integer.parseInt(value("epoch"));
    }

    /** How many of its windows had been visited. */
    public int step() {
        return Integer.parseInt(value("step"));
    }

    /** The epochs that were complete. */
    public List<EpochResult> epochs() {
        return Progress.epochs(values);
    }

    /** Its file's name. */
    public String name() {
        return name;
    }

    Map<String, String> values() {
        return values;
    }

    Map<String, Tensor> tensors() {
        return tensors;
    }

    String value(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new CheckpointException(
                    "checkpoint " + name + " lacks '" + key + "'; it was not written by this rnnc");
        }
        return value;
    }
}
