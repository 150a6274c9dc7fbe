package dev.rnnc.cli;

import dev.rnnc.cli.data.Split;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.ExampleOrder;
import dev.rnnc.runtime.train.TensorBatches;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Examples from safetensors files made ready for training.
 *
 * @param model whose inputs and targets they are
 * @param name where they come from
 * @param data all examples, or those to train on
 * @param separate examples for validation from a file of their own, or null
 * @param training the examples of {@code data} to train on
 * @param held those of them, or of {@code separate}, for validation
 */
record TrainingTensors(
        Backend.Source model, String name, SequenceData data, SequenceData separate, int[] training, int[] held)
        implements TrainingData {
    /** The share held out where there is no file for validation: the last tenth, but at least a batch. */
    private static final int HELD_OUT = 10;

    /**
     * Splits the examples.
     *
     * @param separate examples for validation, or null to hold out some of {@code data}
     * @param split how to hold out; the last tenth, but at least a batch, where it is not said
     * @throws CommandFailure if sequences are longer than the model's steps, there are too few examples, or all of them
     *     have length 0
     */
    static TrainingTensors of(
            Backend.Source model,
            String name,
            SequenceData data,
            String separateName,
            SequenceData separate,
            Optional<Split> split,
            TrainSettings settings) {
        requireSteps(name, data, settings.steps());
        if (separate != null && split.isPresent()) {
            throw CommandFailure.usage(
                    "--split and --valid exclude one another: with a file of its own nothing is held out");
        }
        int held = separate != null ? 0 : held(data, split, settings);
        if (data.batch() - held < settings.batch() || separate == null && held < settings.batch()) {
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
        boolean drawn = split.isPresent() && split.get().kind() == Split.Kind.SEQUENCE;
        int[] order = drawn
                ? ExampleOrder.permutation(data.batch(), settings.seed(), 0)
                : IntStream.range(0, data.batch()).toArray();
        int[] training = Arrays.copyOf(order, data.batch() - held);
        int[] validation = separate == null
                ? Arrays.copyOfRange(order, data.batch() - held, data.batch())
                : IntStream.range(0, separate.batch()).toArray();
        requireTargets(name, data.targets(model.sequences()), training, "training");
        if (separate == null) {
            requireTargets(name, data.targets(model.sequences()), validation, "validation");
        } else {
            requireTargets(separateName, separate.targets(model.sequences()), validation, "validation");
        }
        return new TrainingTensors(model, name, data, separate, training, validation);
    }

    private static int held(SequenceData data, Optional<Split> split, TrainSettings settings) {
        return split.map(s -> data.batch() - (int) Math.round(s.training() * data.batch()))
                .orElse(Math.max(settings.batch(), data.batch() / HELD_OUT));
    }

    @Override
    public String description() {
        String sequences =
                data.sequences().isEmpty() ? "" : (padded() ? " of up to " : " of ") + data.steps() + " steps";
        boolean stateful = model.spec().train() != null && model.spec().train().stateful();
        return "data: %s, %s examples%s for training and %s for validation"
                        .formatted(name, Numbers.grouped(training.length), sequences, Numbers.grouped(held.length))
                + (stateful && !data.sequences().isEmpty()
                        ? "\n  each example starts from zero states, although the model is 'stateful': tensors do not say which"
                                + " example goes on where; texts and rows do"
                        : "");
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
        return data.batches(model, padded(), training, settings.batch()).reshuffled(settings.seed());
    }

    @Override
    public TensorBatches validation(TrainSettings settings) {
        return (separate == null ? data : separate).batches(model, padded(), held, settings.batch());
    }

    @Override
    public void save(RunFolder folder) {
        // The weights are all there is to keep.
    }

    private static void requireTargets(String name, int[] targets, int[] examples, String purpose) {
        if (Arrays.stream(examples).allMatch(example -> targets[example] == 0)) {
            throw CommandFailure.job(
                    ("'%s' has no targets for %s: the %s examples for it all have length 0;" + " check the lengths")
                            .formatted(name, purpose, Numbers.grouped(examples.length)));
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
