package dev.rnnc.cli;

import dev.rnnc.cli.data.SymbolTable;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds and reads vocabularies. A JSON array holds characters, a JSON object with a list {@code words} holds words, and a
 * file that is not called {@code .json} has one word a line.
 */
final class Vocabularies {
    /** The vocabulary's name in a run folder. */
    static final String FILE = "vocabulary.json";

    private Vocabularies() {}

    /** Whether there is a vocabulary: one that the user names, or one beside the weights. */
    static boolean present(Path named, Path weights) {
        return named != null || Files.exists(weights.toAbsolutePath().resolveSibling(FILE));
    }

    /**
     * Reads the vocabulary of weights.
     *
     * @param named the file the user names, or null for the one beside the weights
     * @param input the port its symbols go to
     * @throws CommandFailure if it is not there, cannot be read or has more symbols than the port takes
     */
    static TextSymbols load(Path named, Path weights, PortSpec input) {
        Path file = named == null ? weights.toAbsolutePath().resolveSibling(FILE) : named;
        if (named == null && !Files.exists(file)) {
            throw CommandFailure.job("there is no " + FILE + " beside '" + weights
                    + "'; name the vocabulary that was saved with the weights with --vocabulary FILE");
        }
        return read(file, input, "use the one that was saved with the weights");
    }

    /**
     * Reads a vocabulary.
     *
     * @param remedy what to do if it does not fit
     * @throws CommandFailure if it is not there, cannot be read or has more symbols than the port takes
     */
    static TextSymbols read(Path file, PortSpec input, String remedy) {
        String text = InputFile.text(file, "vocabulary file");
        TextSymbols symbols;
        try {
            symbols = read(file, text.startsWith("\uFEFF") ? text.substring(1).strip() : text.strip());
        } catch (IOException e) {
            throw CommandFailure.job("cannot read vocabulary: " + InputFile.reason(e), e);
        }
        if (symbols.size() > input.vocabulary() || symbols.size() == 0) {
            throw CommandFailure.job("vocabulary '%s' has %d symbols, but '%s' is token(%d); %s"
                    .formatted(file, symbols.size(), input.name(), input.vocabulary(), remedy));
        }
        return symbols;
    }

    private static TextSymbols read(Path file, String text) throws IOException {
        boolean json = file.getFileName().toString().endsWith(".json");
        if (!json) {
            return new TextSymbols.Words(new SymbolTable(
                    text.lines().map(String::strip).filter(w -> !w.isEmpty()).toList()));
        }
        if (!text.startsWith("{")) {
            return new TextSymbols.Characters(Vocabulary.load(file));
        }
        List<String> words = new ArrayList<>();
        try {
            JsonValue list = ((JsonValue.Members) dev.rnnc.runtime.json.Json.parse(text))
                    .members()
                    .get(TextSymbols.Words.FIELD);
            for (JsonValue element : list instanceof JsonValue.Array array ? array.elements() : List.<JsonValue>of()) {
                if (!(element instanceof JsonValue.Text word)) {
                    throw new IOException(file + " is not a vocabulary: element " + words.size() + " is "
                            + element.kind() + ", but words are strings");
                }
                words.add(word.value());
            }
        } catch (JsonException e) {
            throw new IOException(file + " is not a vocabulary: " + e.getMessage(), e);
        }
        return new TextSymbols.Words(new SymbolTable(words));
    }
}
