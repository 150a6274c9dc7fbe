package dev.rnnc.cli;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A text that a model writes at the end of its training.
 *
 * @param seed of the draws
 */
record TrainingSample(String text, long seed) {
    private static final double TEMPERATURE = 0.8;
    private static final int LENGTH = 400;
    private static final String FILE = "sample.txt";

    /** Whether the model writes step by step: a backward layer, for one, would need the text that is yet to come. */
    static boolean needsSteps(Backend.Source source, CharacterModel ports) {
        return ports.output() != null
                && source.feedback().isEmpty()
                && source.stepwiseObstacle(ports.output().name()).isEmpty();
    }

    /**
     * Lets a model write; empty if it cannot write symbol by symbol.
     *
     * @param compiled holds steps where the model {@link #needsSteps}
     */
    static Optional<TrainingSample> of(
            Backend.Source source, CompiledModel compiled, Parameters parameters, TrainingText text, long seed) {
        if (needsSteps(source, text.ports())) {
            StringBuilder sample = new StringBuilder();
            new TextGenerator(compiled, parameters, text.ports(), text.vocabulary())
                    .generate("", LENGTH, TEMPERATURE, Integer.MAX_VALUE, seed, token -> {
                        sample.append(text.vocabulary().text(token));
                        return true;
                    });
            return Optional.of(new TrainingSample(sample.toString(), seed));
        }
        if (text.ports().start().isEmpty() || source.generation().obstacle().isPresent()) {
            return Optional.empty();
        }
        SequenceGenerator.Choice choice = new SequenceGenerator.Choice(
                LENGTH, TEMPERATURE, Integer.MAX_VALUE, text.vocabulary().size(), OptionalInt.empty(), seed);
        GeneratedSequences generated =
                new SequenceGenerator(source, parameters, null, Beginnings.none(1), choice).run(token -> true);
        return Optional.of(new TrainingSample(generated.text(0, text.vocabulary()), seed));
    }

    /** Keeps it in the run folder and shows it. */
    void write(RunFolder folder, PrintWriter messages) {
        folder.write(FILE, text);
        messages.println();
        messages.println("sample (temperature " + TEMPERATURE + ", seed " + seed + "):");
        messages.println(text.strip());
        messages.println();
    }
}
