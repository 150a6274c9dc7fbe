package dev.rnnc.cli;

import dev.rnnc.runtime.spec.TrainSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The data that a user names to train on.
 *
 * @param text a text, or null
 * @param data tensors, or null
 * @param valid a file of its own for validation, or null
 * @param wishes what is learnt and held out
 * @param rows files of rows, and how they become examples
 */
record TrainingSource(Path text, Path data, Path valid, TrainingDataOptions wishes, DataOptions rows) {
    /**
     * Reads them; rnnc's own sources where nothing is named.
     *
     * @param home where rnnc lies, or null
     * @param weights to start from or to measure with, which know symbols and scales where these lie beside them; or null
     * @throws CommandFailure if several are named, or they are not what the model is trained on
     */
    TrainingData read(Backend.Source model, TrainSettings settings, String home, Path weights, PrintWriter errors) {
        if (Stream.of(text != null, data != null, rows.given())
                        .filter(given -> given)
                        .count()
                > 1) {
            throw CommandFailure.usage(
                    "--text and --data exclude one another, as do --csv and --jsonl: give one of them all");
        }
        if (rows.given()) {
            wishes.requireRows();
            return new RowData(model, rows, errors).training(wishes, valid, settings, weights);
        }
        rows.requireNone();
        return data == null ? text(model, settings, home, weights) : tensors(model, settings, errors);
    }

    private TrainingText text(Backend.Source model, TrainSettings settings, String home, Path weights) {
        wishes.requireText();
        return TrainingText.of(
                text == null ? OwnSources.read(home) : TextData.read(text),
                valid == null ? null : TextData.read(valid),
                CharacterModel.trainable(model),
                settings,
                wishes,
                rows.cache(),
                port -> weights != null && Vocabularies.present(null, weights)
                        ? Optional.of(Vocabularies.load(null, weights, port))
                        : Optional.empty());
    }

    private TrainingTensors tensors(Backend.Source model, TrainSettings settings, PrintWriter errors) {
        wishes.requireTensors();
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
