package dev.rnnc.cli.data;

import dev.rnnc.runtime.text.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Texts as tokens, read piece by piece; what is kept of them is one 32-bit integer a symbol, off the heap. */
public final class TextTokens {
    private TextTokens() {}

    /** How often each code point stands in a text. */
    public static Map<Integer, Long> count(Reader text) throws IOException {
        Map<Integer, Long> counts = new HashMap<>();
        try (Reader reader = new BufferedReader(text)) {
            for (int c = codePoint(reader); c >= 0; c = codePoint(reader)) {
                counts.merge(c, 1L, Long::sum);
            }
        }
        return counts;
    }

    /**
     * The tokens of a text's characters.
     *
     * @param name where the text comes from
     * @param cache where they go if they are many
     * @throws DataException at the first character that is not in the vocabulary
     */
    public static MemorySegment characters(Reader text, String name, Vocabulary vocabulary, Path cache)
            throws IOException {
        Store store = new Store(cache);
        long line = 1;
        long column = 0;
        try (Reader reader = new BufferedReader(text)) {
            for (int c = codePoint(reader); c >= 0; c = codePoint(reader)) {
                column++;
                int token = vocabulary.token(c);
                if (token < 0) {
                    throw new DataException(
                            "text '%s', line %s, column %s: %s".formatted(name, line, column, vocabulary.unknown(c)));
                }
                store.add(token);
                if (c == '\n') {
                    line++;
                    column = 0;
                }
            }
        }
        return store.finish();
    }

    /**
     * The tokens of a text's words, with {@value SymbolTable#END} at the end of each line.
     *
     * @throws DataException at the first word that is not in a table without {@value SymbolTable#UNKNOWN}
     */
    public static MemorySegment words(Reader text, String name, SymbolTable table, Path cache) throws IOException {
        Store store = new Store(cache);
        forEachWord(text, (word, line) -> {
            int token = table.token(word);
            if (token < 0) {
                throw new DataException(
                        ("text '%s', line %s: the word '%s' is not among the %s of the vocabulary, which has"
                                        + " no %s either; add it, or give another vocabulary")
                                .formatted(name, line, word, table.size(), SymbolTable.UNKNOWN));
            }
            store.add(token);
        });
        return store.finish();
    }

    /**
     * The tokens of a text's words and the table that was learnt from its beginning: the most frequent words, behind
     * {@value SymbolTable#UNKNOWN} and {@value SymbolTable#END}.
     *
     * @param table the words
     * @param tokens of the whole text
     */
    public record Words(SymbolTable table, MemorySegment tokens) {
        /**
         * Reads a text.
         *
         * @param training the share of the text, from its start, whose words are counted
         * @param least how often a word must stand there
         * @param limit the most symbols there may be
         */
        public static Words learn(Reader text, double training, long least, int limit, Path cache) throws IOException {
            Map<String, Integer> provisional = new HashMap<>();
            List<String> names = new ArrayList<>();
            Store store = new Store(cache);
            forEachWord(text, (word, _) -> {
                Integer token = provisional.putIfAbsent(word, names.size());
                if (token == null) {
                    token = names.size();
                    names.add(word);
                }
                store.add(token);
            });
            MemorySegment first = store.finish();
            long all = first.byteSize() / Integer.BYTES;
            long[] counts = new long[names.size()];
            for (long i = 0; i < (long) (training * all); i++) {
                counts[first.getAtIndex(ValueLayout.JAVA_INT, i)]++;
            }
            SymbolTable table =
                    Dictionary.words(names, counts, least, limit, List.of(SymbolTable.UNKNOWN, SymbolTable.END));
            int[] translation = names.stream().mapToInt(table::token).toArray();
            Store translated = new Store(cache);
            for (long i = 0; i < all; i++) {
                translated.add(translation[first.getAtIndex(ValueLayout.JAVA_INT, i)]);
            }
            return new Words(table, translated.finish());
        }
    }

    private interface WordSink {
        void word(String word, long line);
    }

    private static void forEachWord(Reader text, WordSink sink) throws IOException {
        StringBuilder word = new StringBuilder();
        long line = 1;
        try (Reader reader = new BufferedReader(text)) {
            for (int c = reader.read(); ; c = reader.read()) {
                if (c >= 0 && !Character.isWhitespace(c)) {
                    word.append((char) c);
                    continue;
                }
                if (!word.isEmpty()) {
                    sink.word(word.toString(), line);
                    word.setLength(0);
                }
                if (c < 0) {
                    return;
                }
                if (c == '\n') {
                    sink.word(SymbolTable.END, line++);
                }
            }
        }
    }

    /** The next code point; -1 at the end. A reader of UTF-8 gives no half of a pair. */
    private static int codePoint(Reader reader) throws IOException {
        int c = reader.read();
        return c >= 0 && Character.isHighSurrogate((char) c)
                ? Character.toCodePoint((char) c, (char) reader.read())
                : c;
    }
}
