package dev.rnnc.runtime.train;

/**
 * What an epoch came to.
 *
 * @param epoch counted from 1
 * @param trainLoss mean training loss, each window weighted by its number of targets, in the loss's own unit (nats for
 *     cross-entropy)
 * @param validationLoss mean validation loss after the epoch, weighted likewise; NaN without validation data
 * @param clipRate share of updates whose gradients were clipped, from 0 to 1
 * @param gradientNorm mean over the updates of the gradients' global L2 norm before clipping
 * @param seconds duration of training and validation
 * @param elementsPerSecond training targets per second of training
 */
public record EpochResult(
        int epoch,
        double trainLoss,
        double validationLoss,
        double clipRate,
        double gradientNorm,
        double seconds,
        double elementsPerSecond) {}
