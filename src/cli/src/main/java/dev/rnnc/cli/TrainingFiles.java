package dev.rnnc.cli;

import dev.rnnc.runtime.spec.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The files of {@code train}: a text or tensors to train on, and what to validate on. */
final class TrainingFiles {
    @Option(names = "--text", paramLabel = "F", description = "The text to train on; its end is held out.")
    private Path text;

    @Option(
            names = "--data",
            paramLabel = "F",
            description = "The tensors to train on (.safetensors); the last examples are held out.")
    private Path data;

    @Option(
            names = "--valid",
            paramLabel = "F",
            description = "A file of the same kind for validation; then nothing is held out.")
    private Path valid;

    /**
     * Reads what to train on; without any file, the sources of rnnc as a text.
     *
     * @param rows where rows are read from, if they are
     * @param weights to start from, whose symbols and scales are kept; or null
     * @throws CommandFailure if files of several kinds are given, or one cannot be used
     */
    TrainingData open(
            Backend.Source model,
            TrainSettings settings,
            TrainingDataOptions wishes,
            DataOptions rows,
            Path weights,
            Surroundings surroundings,
            PrintWriter errors) {
        return new TrainingSource(text, data, valid, wishes, rows)
                .read(model, settings, surroundings.home(), weights, errors);
    }
}
