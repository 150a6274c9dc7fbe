package dev.rnnc.runtime.spec;

/**
 * The {@code train {}} block of a model.
 *
 * @param steps unrolled length T
 * @param batch rows B
 * @param optimizer the optimiser and its settings
 * @param clip gradient clipping
 * @param epochs passes over the data
 * @param seed seed of initial values, shuffling and dropout
 * @param stateful whether the state at the end of a window starts the next one
 */
public record TrainSettings(
        int steps, int batch, OptimizerSpec optimizer, ClipSpec clip, int epochs, long seed, boolean stateful) {}
