package dev.rnnc.runtime.train;

import java.util.List;

/**
 * How training ended.
 *
 * @param epochs the complete epochs, in order
 * @param bestEpoch the epoch with the lowest validation loss, or 0 without validation data or a complete epoch
 * @param stopped whether it ended because it was asked to
 */
public record TrainingResult(List<EpochResult> epochs, int bestEpoch, boolean stopped) {
    public TrainingResult {
        epochs = List.copyOf(epochs);
    }
}
