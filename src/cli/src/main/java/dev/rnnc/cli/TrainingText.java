package dev.rnnc.cli;

import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.text.CharacterStreams;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * A text made ready for training.
 *
 * @param name where it comes from
 * @param ports the model's
 * @param vocabulary all its symbols
 * @param training tokens to train on
 * @param validation tokens held out
 */
record TrainingText(String name, CharacterModel ports, Vocabulary vocabulary, int[] training, int[] validation)
        implements TrainingData {
    /** The share held out where no validation text is given: the last tenth. */
    private static final int HELD_OUT = 10;

    /**
     * Builds the vocabulary and splits the text.
     *
     * @param separate a text of its own for validation, or null to hold out the last tenth of {@code text}
     * @param given the vocabulary that the weights to start from need; where there is none, the text's symbols
     * @throws CommandFailure if there are more symbols than the model has tokens for, or too few characters
     */
    static TrainingText of(
            TextData text,
            TextData separate,
            CharacterModel ports,
            TrainSettings settings,
            Function<PortSpec, Optional<Vocabulary>> given) {
        Vocabulary vocabulary = given.apply(ports.input()).orElseGet(() -> vocabulary(text, separate, ports.input()));
        int[] tokens = encode(vocabulary, text);
        int held = separate == null ? tokens.length / HELD_OUT : 0;
        int[] training = Arrays.copyOf(tokens, tokens.length - held);
        int[] validation = separate == null
                ? Arrays.copyOfRange(tokens, tokens.length - held, tokens.length)
                : encode(vocabulary, separate);
        requireLength(text, separate, training.length, validation.length, settings);
        return new TrainingText(text.name(), ports, vocabulary, training, validation);
    }

    @Override
    public String description() {
        return "text: %s, %s characters for training and %s for validation, %d symbols"
                .formatted(
                        name, Numbers.grouped(training.length), Numbers.grouped(validation.length), vocabulary.size());
    }

    @Override
    public LossUnit unit() {
        return LossUnit.CHARACTERS;
    }

    @Override
    public void save(RunFolder folder) throws IOException {
        vocabulary.save(folder.resolve(Vocabularies.FILE));
    }

    @Override
    public CharacterStreams training(TrainSettings settings) {
        return new CharacterStreams(
                training,
                settings.steps(),
                settings.batch(),
                settings.stateful(),
                ports.input().name(),
                ports.target().name());
    }

    @Override
    public CharacterStreams validation(TrainSettings settings) {
        return CharacterStreams.evaluation(
                validation,
                settings.steps(),
                settings.batch(),
                settings.stateful(),
                ports.input().name(),
                ports.target().name());
    }

    private static int[] encode(Vocabulary vocabulary, TextData text) {
        try {
            return vocabulary.encode(text.content());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("text '" + text.name() + "', " + e.getMessage(), e);
        }
    }

    private static Vocabulary vocabulary(TextData text, TextData separate, PortSpec input) {
        try {
            String all = separate == null ? text.content() : text.content() + separate.content();
            return Vocabulary.of(all, input.vocabulary());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job("'" + text.name() + "' and '" + input.name() + "': " + e.getMessage(), e);
        }
    }

    private static void requireLength(
            TextData text, TextData separate, int training, int validation, TrainSettings settings) {
        long needed = (long) settings.steps() * settings.batch() + 1;
        if (training < needed) {
            long whole = separate == null ? (needed * HELD_OUT + HELD_OUT - 2) / (HELD_OUT - 1) : needed;
            throw CommandFailure.job(
                    ("'%s' is too short: one batch of %d sequences of %d steps needs %s characters to train on,"
                                    + " and there are %s; give a text of at least %s characters,"
                                    + " or lower --steps or --batch")
                            .formatted(
                                    text.name(),
                                    settings.batch(),
                                    settings.steps(),
                                    Numbers.grouped(needed),
                                    Numbers.grouped(training),
                                    Numbers.grouped(whole)));
        }
        int heldNeeded = settings.batch() + 1;
        if (validation < heldNeeded) {
            throw CommandFailure.job(
                    ("'%s' is too short for validation: %d sequences need %s characters, and there are %s;"
                                    + " give a longer text or lower --batch")
                            .formatted(
                                    separate == null ? text.name() : separate.name(),
                                    settings.batch(),
                                    Numbers.grouped(heldNeeded),
                                    Numbers.grouped(validation)));
        }
    }
}
