package dev.rnnc.runtime.text;

import dev.rnnc.runtime.AtomicFile;
import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An ordered set of symbols, each one Unicode code point; a token is a symbol's index in it. It never changes. */
public final class Vocabulary {
    private final int[] symbols;
    private final Map<Integer, Integer> indices = new HashMap<>();

    /**
     * A vocabulary of these code points in this order.
     *
     * @throws IllegalArgumentException if one is not a Unicode character or stands there twice
     */
    public Vocabulary(int... symbols) {
        this.symbols = symbols.clone();
        for (int i = 0; i < symbols.length; i++) {
            if (!Character.isValidCodePoint(symbols[i]) || isSurrogate(symbols[i])) {
                throw new IllegalArgumentException(
                        "symbol " + i + " (" + name(symbols[i]) + ") is not a Unicode character");
            }
            Integer earlier = indices.putIfAbsent(symbols[i], i);
            if (earlier != null) {
                throw new IllegalArgumentException(
                        "symbols " + earlier + " and " + i + " are both " + describe(symbols[i]));
            }
        }
    }

    /**
     * The symbols of a text, by code point.
     *
     * @throws IllegalArgumentException if the text is empty or holds half of a surrogate pair
     */
    public static Vocabulary of(String text) {
        return of(text, Integer.MAX_VALUE);
    }

    /**
     * The symbols of a text, by code point.
     *
     * @param limit the most symbols there may be, the {@code N} of the model's {@code token(N)}
     * @throws IllegalArgumentException if the text has more symbols, is empty or holds half of a surrogate pair
     */
    public static Vocabulary of(String text, int limit) {
        return of(text.codePoints().boxed().collect(Collectors.groupingBy(c -> c, Collectors.counting())), limit);
    }

    /**
     * The symbols of a text of which it is known how often each stands in it.
     *
     * @param counts by code point
     * @param limit the most symbols there may be, the {@code N} of the model's {@code token(N)}
     * @throws IllegalArgumentException if there are more symbols, none, or one is half of a surrogate pair
     */
    public static Vocabulary of(Map<Integer, Long> counts, int limit) {
        if (counts.isEmpty()) {
            throw new IllegalArgumentException("the text is empty, so it has no symbols; give a text");
        }
        int surplus = counts.size() - limit;
        if (surplus > 0) {
            String rarest = counts.entrySet().stream()
                    .sorted(Map.Entry.<Integer, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .limit(Math.min(surplus, 8))
                    .map(e -> describe(e.getKey()))
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("the text has " + counts.size() + " distinct symbols, " + surplus
                    + " more than token(" + limit + ") allows; write token(" + counts.size()
                    + ") in the model, or take the rarest symbols out of the text: " + rarest
                    + (surplus > 8 ? ", ..." : ""));
        }
        return new Vocabulary(counts.keySet().stream().mapToInt(c -> c).sorted().toArray());
    }

    /** Number of symbols. */
    public int size() {
        return symbols.length;
    }

    /** The code point of a token. */
    public int symbol(int token) {
        if (token < 0 || token >= symbols.length) {
            throw new IllegalArgumentException(
                    "token " + token + " is none of the vocabulary's, which go from 0 to " + (symbols.length - 1));
        }
        return symbols[token];
    }

    /** The token of a code point; -1 if the vocabulary does not have it. */
    public int token(int symbol) {
        return indices.getOrDefault(symbol, -1);
    }

    /** What is wrong with a text that holds a code point which the vocabulary does not have, and what to do. */
    public String unknown(int symbol) {
        return "the symbol " + describe(symbol) + " is not among the " + symbols.length
                + " of the vocabulary; take it out of the text, or train with a text that has it";
    }

    /** Whether the vocabulary has a code point. */
    public boolean contains(int symbol) {
        return indices.containsKey(symbol);
    }

    /**
     * The tokens of a text, one per code point.
     *
     * @throws IllegalArgumentException if a symbol is not in the vocabulary; the message gives its place
     */
    public int[] encode(String text) {
        int[] tokens = new int[text.codePointCount(0, text.length())];
        int offset = 0;
        for (int i = 0; i < tokens.length; i++) {
            int symbol = text.codePointAt(offset);
            Integer token = indices.get(symbol);
            if (token == null) {
                long line = 1
                        + text.substring(0, offset)
                                .chars()
                                .filter(c -> c == '\n')
                                .count();
                int lineStart = offset == 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
                throw new IllegalArgumentException("line " + line + ", column "
                        + (text.codePointCount(lineStart, offset) + 1) + ": " + unknown(symbol));
            }
            tokens[i] = token;
            offset += Character.charCount(symbol);
        }
        return tokens;
    }

    /** The text of tokens. */
    public String decode(int... tokens) {
        StringBuilder text = new StringBuilder(tokens.length);
        for (int token : tokens) {
            text.appendCodePoint(symbol(token));
        }
        return text.toString();
    }

    /** Writes the symbols in order as a JSON array of strings, one a line, replacing a file that exists. */
    public void save(Path path) throws IOException {
        AtomicFile.write(
                path,
                Arrays.stream(symbols)
                        .mapToObj(symbol -> "  " + Json.quote(Character.toString(symbol)))
                        .collect(Collectors.joining(",\n", "[\n", "\n]\n")));
    }

    /**
     * Reads what {@link #save} wrote.
     *
     * @throws IOException if the file cannot be read or is no vocabulary
     */
    public static Vocabulary load(Path path) throws IOException {
        JsonValue value;
        try {
            value = Json.parse(Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new IOException(path + " does not exist; give the vocabulary that was saved with the weights", e);
        } catch (CharacterCodingException e) {
            throw new IOException(path + " is not UTF-8 text, so it is not a vocabulary", e);
        } catch (JsonException e) {
            throw new IOException(path + " is not a vocabulary: " + e.getMessage(), e);
        }
        if (!(value instanceof JsonValue.Array array)) {
            throw new IOException(path + " is not a vocabulary: an array was expected, not " + value.kind());
        }
        List<Integer> symbols = new ArrayList<>();
        for (JsonValue element : array.elements()) {
            if (!(element instanceof JsonValue.Text text)
                    || text.value().codePointCount(0, text.value().length()) != 1) {
                throw new IOException(
                        path + " is not a vocabulary: element " + symbols.size() + " must be a string of one symbol");
            }
            symbols.add(text.value().codePointAt(0));
        }
        try {
            return new Vocabulary(symbols.stream().mapToInt(c -> c).toArray());
        } catch (IllegalArgumentException e) {
            throw new IOException(path + " is not a vocabulary: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && Arrays.equals(symbols, that.symbols);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(symbols);
    }

    @Override
    public String toString() {
        return symbols.length + " symbols " + Json.quote(new String(symbols, 0, symbols.length));
    }

    private static boolean isSurrogate(int symbol) {
        return symbol >= Character.MIN_SURROGATE && symbol <= Character.MAX_SURROGATE;
    }

    /** As in {@code "a" (U+0061)}. */
    private static String describe(int symbol) {
        return Json.quote(Character.toString(symbol)) + " (" + name(symbol) + ")";
    }

    private static String name(int symbol) {
        return String.format("U+%04X", symbol);
    }
}
