package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.cli.data.SymbolTable;
import dev.rnnc.cli.data.TextTokens;
import dev.rnnc.runtime.AtomicFile;
import dev.rnnc.runtime.text.Vocabulary;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.OptionalInt;

/** The symbols of a text model: characters or words. */
sealed interface TextSymbols {
    /** How many there are. */
    int size();

    /** What losses and speed count. */
    LossUnit unit();

    /**
     * The tokens of a text.
     *
     * @throws IllegalArgumentException if it holds a symbol that there is not
     */
    int[] encode(String text);

    /**
     * The tokens of a text that may be long.
     *
     * @throws dev.rnnc.cli.data.DataException if it holds a symbol that there is not
     */
    MemorySegment encode(TextData text, Path cache);

    /** What is written for a token within a text. */
    String text(int token);

    /** The text of tokens. */
    default String decode(int... tokens) {
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(text(token));
        }
        return text.toString();
    }

    /** A beginning as it is written before the tokens that follow it. */
    default String beginning(String text) {
        return text;
    }

    /** The token of one symbol; empty if there is none of that name. */
    OptionalInt token(String symbol);

    /** What a text that has no beginning is thought to follow: the end of a line where there is one. */
    int start();

    /** Writes the symbols in order, replacing a file that exists. */
    void save(Path file) throws IOException;

    /**
     * Characters.
     *
     * @param vocabulary all of them
     */
    record Characters(Vocabulary vocabulary) implements TextSymbols {
        @Override
        public int size() {
            return vocabulary.size();
        }

        @Override
        public LossUnit unit() {
            return LossUnit.CHARACTERS;
        }

        @Override
        public int[] encode(String text) {
            return vocabulary.encode(text);
        }

        @Override
        public MemorySegment encode(TextData text, Path cache) {
            try {
                return TextTokens.characters(text.open(), text.name(), vocabulary, cache);
            } catch (IOException e) {
                throw text.unreadable(e);
            }
        }

        @Override
        public String text(int token) {
            return Character.toString(vocabulary.symbol(token));
        }

        @Override
        public OptionalInt token(String symbol) {
            boolean one = !symbol.isEmpty() && symbol.codePointCount(0, symbol.length()) == 1;
            int token = one ? vocabulary.token(symbol.codePointAt(0)) : -1;
            return token < 0 ? OptionalInt.empty() : OptionalInt.of(token);
        }

        @Override
        public int start() {
            return Math.max(0, vocabulary.token('\n'));
        }

        @Override
        public void save(Path file) throws IOException {
            vocabulary.save(file);
        }
    }

    /**
     * Words, which white space divides.
     *
     * @param table all of them
     */
    record Words(SymbolTable table) implements TextSymbols {
        /** The name of the list in a vocabulary's file. */
        static final String FIELD = "words";

        @Override
        public int size() {
            return table.size();
        }

        @Override
        public LossUnit unit() {
            return LossUnit.WORDS;
        }

        @Override
        public int[] encode(String text) {
            MemorySegment tokens = encode(TextData.of(text, "the start"), Path.of("."));
            return tokens.toArray(ValueLayout.JAVA_INT);
        }

        @Override
        public MemorySegment encode(TextData text, Path cache) {
            try {
                return TextTokens.words(text.open(), text.name(), table, cache);
            } catch (IOException e) {
                throw text.unreadable(e);
            }
        }

        @Override
        public String text(int token) {
            String name = table.name(token);
            return name.equals(SymbolTable.END) ? "\n" : name + " ";
        }

        @Override
        public String beginning(String text) {
            return text.isEmpty() || Character.isWhitespace(text.charAt(text.length() - 1)) ? text : text + " ";
        }

        @Override
        public OptionalInt token(String symbol) {
            String name = symbol.equals("\n") ? SymbolTable.END : symbol;
            return table.contains(name) ? OptionalInt.of(table.token(name)) : OptionalInt.empty();
        }

        @Override
        public int start() {
            return table.contains(SymbolTable.END) ? table.token(SymbolTable.END) : 0;
        }

        @Override
        public void save(Path file) throws IOException {
            AtomicFile.write(
                    file,
                    Json.pretty(json -> {
                                json.writeStartObject();
                                json.writeArrayFieldStart(FIELD);
                                writeAll(json);
                                json.writeEndArray();
                                json.writeEndObject();
                            })
                            + "\n");
        }

        private void writeAll(JsonGenerator json) throws IOException {
            for (String name : table.names()) {
                json.writeString(name);
            }
        }
    }
}
