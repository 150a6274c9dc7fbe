package dev.rnnc.cli;

import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the vocabulary that belongs to weights. */
final class Vocabularies {
    /** The vocabulary's name in a run folder. */
    static final String FILE = "vocabulary.json";

    private Vocabularies() {}

    /** Whether there is a vocabulary: one that the user names, or one beside the weights. */
    static boolean present(Path named, Path weights) {
        return named != null || Files.exists(weights.toAbsolutePath().resolveSibling(FILE));
    }

    /**
     * Reads the vocabulary.
     *
     * @param named the file the user names, or null for the one beside the weights
     * @param input the port its symbols go to
     * @throws CommandFailure if it is not there, cannot be read or has more symbols than the port takes
     */
    static Vocabulary load(Path named, Path weights, PortSpec input) {
        Path file = named == null ? weights.toAbsolutePath().resolveSibling(FILE) : named;
        if (named == null && !Files.exists(file)) {
            throw CommandFailure.job("there is no " + FILE + " beside '" + weights
                    + "'; name the vocabulary that was saved with the weights with --vocabulary FILE");
        }
        InputFile.require(file, "vocabulary file");
        Vocabulary vocabulary;
        try {
            vocabulary = Vocabulary.load(file);
        } catch (IOException e) {
            throw CommandFailure.job("cannot read vocabulary: " + InputFile.reason(e), e);
        }
        if (vocabulary.size() > input.vocabulary() || vocabulary.size() == 0) {
            throw CommandFailure.job(
                    "vocabulary '%s' has %d symbols, but '%s' is token(%d); use the one that was saved with the weights"
                            .formatted(file, vocabulary.size(), input.name(), input.vocabulary()));
        }
        return vocabulary;
    }
}
