package dev.rnnc.cli;

import dev.rnnc.runtime.Parameters;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --weights} of {@code train}: what training goes on from. */
final class StartWeights {
    @Option(
            names = "--weights",
            paramLabel = "W",
            description =
                    "Start from these weights (.safetensors, or Keras' .h5 and .keras) instead of first values; the vocabulary"
                            + " beside them is then that of the text, and data.json that of rows: their labels and, without"
                            + " --normalize, their scales. What the map calls 'initial' is trained anew.")
    private Path weights;

    @Mixin
    private final WeightMapOption map = new WeightMapOption();

    /**
     * Replaces first values, where weights are given.
     *
     * @param err for warnings
     * @throws CommandFailure if they cannot be read or are not this model's
     */
    void replace(Backend.Source model, Parameters parameters, PrintWriter err) {
        if (weights != null) {
            Weights.replace(weights, model, map, parameters, err);
        } else if (map.isGiven()) {
            throw CommandFailure.usage(
                    "--map says how the weights of another framework are read; name them with --weights");
        }
    }

    /** The file; null where training starts from first values. */
    Path file() {
        return weights;
    }
}
