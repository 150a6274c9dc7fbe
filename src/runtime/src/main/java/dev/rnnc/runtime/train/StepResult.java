package dev.rnnc.runtime.train;

/**
 * Where training stands after a step.
 *
 * @param epoch counted from 1
 * @param epochs number of epochs to come to
 * @param step steps made in this epoch
 * @param steps steps of an epoch
 * @param loss this step's loss: the mean over its window
 * @param gradientNorm global L2 norm of the gradients of the last update, before clipping; NaN before the first, where
 *     several windows make one update
 * @param elements targets of this step
 */
public record StepResult(int epoch, int epochs, int step, int steps, double loss, double gradientNorm, long elements) {}
