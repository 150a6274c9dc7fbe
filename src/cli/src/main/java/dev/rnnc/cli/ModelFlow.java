package dev.rnnc.cli;

import dev.rnnc.runtime.train.GradientFlow;
import java.nio.file.Path;
import java.util.List;

/**
 * The gradient flow of a model.
 *
 * @param name the model's name, made unique among those compared
 * @param file the model file
 * @param stages what was measured, in order: with the first weights and after training, or with given weights
 * @param training how the training between them went; null where there was none
 * @param lossAtEveryStep whether the loss compares every time step, so that each has a gradient of its own
 */
record ModelFlow(String name, Path file, List<Stage> stages, Training training, boolean lossAtEveryStep) {
    ModelFlow {
        stages = List.copyOf(stages);
    }

    /**
     * One measurement.
     *
     * @param title with which weights
     * @param layers its recurrent layers
     * @param units its activations
     */
    record Stage(String title, List<LayerFlow> layers, List<GradientFlow.Units> units) {
        Stage {
            layers = List.copyOf(layers);
            units = List.copyOf(units);
        }
    }

    /**
     * A short training.
     *
     * @param updates updates made
     * @param firstLoss loss of the first update
     * @param lastLoss mean loss of the last tenth of the updates
     * @param gradientNorm mean global norm of the gradients before clipping
     * @param clipRate share of updates that were clipped by norm; NaN where the model does not clip by norm
     * @param failure why it stopped early, or null
     */
    record Training(
            int updates, double firstLoss, double lastLoss, double gradientNorm, double clipRate, String failure) {}

    /** The last measurement. */
    Stage last() {
        return stages.getLast();
    }
}
