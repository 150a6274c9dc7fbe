package dev.rnnc.runtime.train;

import java.util.List;

/**
 * How training ended.
 *
 * @param epochs the complete epochs, in order; those from before a checkpoint that training went on from among them
 * @param bestEpoch the epoch with the lowest validation loss, or 0 without validation data or a complete epoch
 * @param stopped whether it ended because it was asked to
 * @param early whether it ended because the validation loss had not become better for as many epochs as the settings say
 */
public record TrainingResult(List<EpochResult> epochs, int bestEpoch, boolean stopped, boolean early) {
    public TrainingResult {
        epochs = List.copyOf(epochs);
    }
}
