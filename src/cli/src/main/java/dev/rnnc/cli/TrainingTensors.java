package dev.rnnc.cli;

import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.TensorBatches;
import java.util.Arrays;

/**
 * Examples from safetensors files made ready for training.
 *
 * @param model whose inputs and targets they are
 * @param name where they come from
 * @param data all examples, or those to train on
 * @param separate examples for validation from a file of their own, or null
 * @param held how many of the last examples of {@code data} are held out for validation
 */
record TrainingTensors(Backend.Source model, String name, SequenceData data, SequenceData separate, int held)
        implements TrainingData {
    /** The share held out where there is no file for validation: the last tenth, but at least a batch. */
    private static final int HELD_OUT = 10;

    /**
     * Splits the examples.
     *
     * @param separate examples for validation, or null to hold out the last of {@code data}
     * @throws CommandFailure if sequences are longer than the model's steps, there are too few examples, or all of them
     *     have length 0
     */
    static TrainingTensors of(
            Backend.Source model,
            String name,
            SequenceData data,
            String separateName,
            SequenceData separate,
            TrainSettings settings) {
        requireSteps(name, data, settings.steps());
        int held = separate == null ? Math.max(settings.batch(), data.batch() / HELD_OUT) : 0;
        if (data.batch() - held < settings.batch()) {
            throw CommandFailure.job(("'%s' has %s examples, but training takes at least a batch of %d%s;"
                            + " give more examples or lower --batch")
                    .formatted(
                            name,
                            Numbers.grouped(data.batch()),
                            settings.batch(),
                            separate == null ? " and validation as many" : ""));
        }
        if (separate != null) {
            requireSteps(separateName, separate, settings.steps());
            if (separate.batch() < settings.batch()) {
                throw CommandFailure.job("'%s' has %s examples, but validation takes at least a batch of %d; %s"
                        .formatted(
                                separateName,
                                Numbers.grouped(separate.batch()),
                                settings.batch(),
                                "give more examples or lower --batch"));
            }
        }
        int training = data.batch() - held;
        requireTargets(name, data.targets(model.sequences()), 0, training, "training");
        if (separate == null) {
            requireTargets(name, data.targets(model.sequences()), training, held, "validation");
        } else {
            requireTargets(separateName, separate.targets(model.sequences()), 0, separate.batch(), "validation");
        }
        return new TrainingTensors(model, name, data, separate, held);
    }

    @Override
    public String description() {
        int validation = separate == null ? held : separate.batch();
        String sequences =
                data.sequences().isEmpty() ? "" : (padded() ? " of up to " : " of ") + data.steps() + " steps";
        return "data: %s, %s examples%s for training and %s for validation"
                .formatted(name, Numbers.grouped(data.batch() - held), sequences, Numbers.grouped(validation));
    }

    @Override
    public LossUnit unit() {
        return LossUnit.TARGETS;
    }

    @Override
    public boolean padded() {
        return data.padded() || separate != null && separate.padded();
    }

    @Override
    public TensorBatches training(TrainSettings settings) {
        return data.batches(model, padded(), 0, data.batch() - held, settings.batch());
    }

    @Override
    public TensorBatches validation(TrainSettings settings) {
        return separate == null
                ? data.batches(model, padded(), data.batch() - held, held, settings.batch())
                : separate.batches(model, padded(), 0, separate.batch(), settings.batch());
    }

    @Override
    public void save(RunFolder folder) {
        // The weights are all there is to keep.
    }

    private static void requireTargets(String name, int[] targets, int first, int count, String purpose) {
        if (Arrays.stream(targets, first, first + count).allMatch(n -> n == 0)) {
            throw CommandFailure.job(
                    ("'%s' has no targets for %s: the %s examples for it all have length 0;" + " check the lengths")
                            .formatted(name, purpose, Numbers.grouped(count)));
        }
    }

    private static void requireSteps(String name, SequenceData data, int steps) {
        if (data.steps() > steps) {
            throw CommandFailure.job(("'%s' has sequences of %d steps, but the model is trained on %d at most;"
                            + " cut the sequences, or give 'steps %d' in train {} or --steps %d")
                    .formatted(name, data.steps(), steps, data.steps(), data.steps()));
        }
    }
}
