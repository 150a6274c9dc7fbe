package dev.rnnc.cli;

import dev.rnnc.runtime.spec.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.stream.Stream;
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
     * @param start the weights to start from, whose vocabulary is needed
     * @throws CommandFailure if files of several kinds are given, or one cannot be used
     */
    TrainingData open(
            Backend.Source model,
            TrainSettings settings,
            TrainingDataOptions wishes,
            DataOptions rows,
            StartWeights start,
            Surroundings surroundings,
            PrintWriter errors) {
        if (Stream.of(text != null, data != null, rows.given())
                        .filter(given -> given)
                        .count()
                > 1) {
            throw CommandFailure.usage(
                    "--text and --data exclude one another, as do --csv and --jsonl: give one of them all");
        }
        if (rows.given()) {
            wishes.requireRows();
            return new RowData(model, rows, errors).training(wishes, valid, settings);
        }
        rows.requireNone();
        if (data != null) {
            wishes.requireTensors();
            return tensors(model, settings, wishes, errors);
        }
        wishes.requireText();
        return TrainingText.of(
                text == null ? OwnSources.read(surroundings.home()) : TextData.read(text),
                valid == null ? null : TextData.read(valid),
                CharacterModel.trainable(model),
                settings,
                wishes,
                rows.cache(),
                start::vocabulary);
    }

    private TrainingTensors tensors(
            Backend.Source model, TrainSettings settings, TrainingDataOptions wishes, PrintWriter errors) {
        return TrainingTensors.of(
                model,
                data.toString(),
                SequenceData.read(data, model, SequenceData.Need.TARGETS, errors),
                String.valueOf(valid),
                valid == null ? null : SequenceData.read(valid, model, SequenceData.Need.TARGETS, errors),
                wishes.split(),
                settings);
    }
}
