package dev.rnnc.cli;

import dev.rnnc.cli.data.DataException;
import dev.rnnc.cli.data.Split;
import dev.rnnc.cli.data.TextTokens;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.text.CharacterStreams;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A text made ready for training.
 *
 * @param name where it comes from
 * @param ports the model's
 * @param vocabulary all its symbols
 * @param training tokens to train on, 32-bit integers
 * @param validation tokens held out
 */
record TrainingText(
        String name, CharacterModel ports, TextSymbols vocabulary, MemorySegment training, MemorySegment validation)
        implements TrainingData {
    /** The share to train on where no validation text is given: all but the last tenth. */
    private static final double TRAINING = 0.9;

    /**
     * Builds the vocabulary and splits the text.
     *
     * @param separate a text of its own for validation, or null to hold out the end of {@code text}
     * @param own the vocabulary that the weights to start from need, where there is one
     * @throws CommandFailure if there are more symbols than the model has tokens for, or too few of them
     * @throws DataException if a text is not UTF-8, or has a symbol that a given vocabulary lacks
     */
    static TrainingText of(
            TextData text,
            TextData separate,
            CharacterModel ports,
            TrainSettings settings,
            TrainingDataOptions options,
            Path cache,
            Function<PortSpec, Optional<TextSymbols>> own) {
        double share = options.split().map(TrainingText::share).orElse(TRAINING);
        TextSymbols symbols;
        MemorySegment tokens;
        Optional<TextSymbols> known = options.vocabulary() == null ? own.apply(ports.input()) : Optional.empty();
        if (options.vocabulary() != null) {
            symbols = given(options, ports.input());
            tokens = symbols.encode(text, cache);
        } else if (known.isPresent()) {
            symbols = known.get();
            tokens = symbols.encode(text, cache);
        } else if (options.words()) {
            TextTokens.Words words =
                    words(text, separate == null ? share : 1, options.minCount(), ports.input(), cache);
            symbols = new TextSymbols.Words(words.table());
            tokens = words.tokens();
        } else {
            symbols = new TextSymbols.Characters(characters(text, separate, ports.input()));
            tokens = symbols.encode(text, cache);
        }
        long all = tokens.byteSize() / Integer.BYTES;
        long held = separate != null ? 0 : options.split().isEmpty() ? all / 10 : all - Math.round(share * all);
        MemorySegment training = tokens.asSlice(0, (all - held) * Integer.BYTES);
        MemorySegment validation =
                separate == null ? tokens.asSlice((all - held) * Integer.BYTES) : symbols.encode(separate, cache);
        TrainingText ready = new TrainingText(text.name(), ports, symbols, training, validation);
        ready.requireLength(separate == null ? null : separate.name(), share, settings);
        return ready;
    }

    @Override
    public String description() {
        String counted = unit().one() + "s";
        return "text: %s, %s %s for training and %s for validation, %d symbols"
                .formatted(
                        name,
                        Numbers.grouped(count(training)),
                        counted,
                        Numbers.grouped(count(validation)),
                        vocabulary.size());
    }

    @Override
    public LossUnit unit() {
        return vocabulary.unit();
    }

    @Override
    public String symbol(PortSpec target, int token) {
        // A model may have scores for more symbols than there are.
        return token < vocabulary.size() ? vocabulary.text(token) : "<" + token + ">";
    }

    @Override
    public String between() {
        return "";
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

    private static long count(MemorySegment tokens) {
        return tokens.byteSize() / Integer.BYTES;
    }

    private static double share(Split split) {
        if (split.kind() != Split.Kind.TIME) {
            throw CommandFailure.usage("--split " + split + ": a text is one sequence, so it is divided in time;"
                    + " give --split time:" + split.training());
        }
        return split.training();
    }

    private static TextSymbols given(TrainingDataOptions options, PortSpec input) {
        TextSymbols symbols = Vocabularies.read(
                options.vocabulary(),
                input,
                "write token(N) with a larger N in the model, or give a smaller vocabulary");
        if (options.words() != symbols instanceof TextSymbols.Words) {
            throw CommandFailure.usage("vocabulary '" + options.vocabulary() + "' holds "
                    + (options.words() ? "characters, but --words reads words" : "words; add --words"));
        }
        return symbols;
    }

    private static TextTokens.Words words(TextData text, double share, long least, PortSpec input, Path cache) {
        try {
            return TextTokens.Words.learn(text.open(), share, least, input.vocabulary(), cache);
        } catch (IOException e) {
            throw text.unreadable(e);
        }
    }

    private static Vocabulary characters(TextData text, TextData separate, PortSpec input) {
        try {
            Map<Integer, Long> counts = new HashMap<>(count(text));
            if (separate != null) {
                count(separate).forEach((symbol, n) -> counts.merge(symbol, n, Long::sum));
            }
            return Vocabulary.of(counts, input.vocabulary());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.job(
                    "'" + text.name() + "' and '" + input.name() + "': " + e.getMessage()
                            + "; or read words with --words",
                    e);
        }
    }

    private static Map<Integer, Long> count(TextData text) {
        try {
            return TextTokens.count(text.open());
        } catch (IOException e) {
            throw text.unreadable(e);
        }
    }

    private void requireLength(String separate, double share, TrainSettings settings) {
        long needed = (long) settings.steps() * settings.batch() + 1;
        String counted = unit().one() + "s";
        if (count(training) < needed) {
            long whole = separate == null ? (long) Math.ceil(needed / share) : needed;
            throw CommandFailure.job(
                    ("'%s' is too short: one batch of %d sequences of %d steps needs %s %s to train on,"
                                    + " and there are %s; give a text of at least %s %s,"
                                    + " or lower --steps or --batch")
                            .formatted(
                                    name,
                                    settings.batch(),
                                    settings.steps(),
                                    Numbers.grouped(needed),
                                    counted,
                                    Numbers.grouped(count(training)),
                                    Numbers.grouped(whole),
                                    counted));
        }
        int heldNeeded = settings.batch() + 1;
        if (count(validation) < heldNeeded) {
            throw CommandFailure.job(("'%s' is too short for validation: %d sequences need %s %s, and there are %s;"
                            + " give a longer text or lower --batch")
                    .formatted(
                            separate == null ? name : separate,
                            settings.batch(),
                            Numbers.grouped(heldNeeded),
                            counted,
                            Numbers.grouped(count(validation))));
        }
    }
}
