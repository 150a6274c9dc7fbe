package dev.rnnc.cli.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An ordered set of words or labels; a token is the place of one. It never changes. */
public final class SymbolTable {
    /** Stands for every word that is not in the table. */
    public static final String UNKNOWN = "<unk>";

    /** Stands for the end of a line. */
    public static final String END = "<eos>";

    private final List<String> names;
    private final Map<String, Integer> tokens = new HashMap<>();

    /**
     * A table of these symbols in this order.
     *
     * @throws DataException if one stands there twice
     */
    public SymbolTable(List<String> names) {
        this.names = List.copyOf(names);
        for (int i = 0; i < names.size(); i++) {
            Integer before = tokens.putIfAbsent(names.get(i), i);
            if (before != null) {
                throw new DataException("symbols " + before + " and " + i + " are both '" + names.get(i) + "'");
            }
        }
    }

    /** All symbols in order. */
    public List<String> names() {
        return names;
    }

    /** How many there are. */
    public int size() {
        return names.size();
    }

    /** The symbol of a token. */
    public String name(int token) {
        return names.get(token);
    }

    /** The token of a symbol; that of {@link #UNKNOWN} where there is none and the table has it; else -1. */
    public int token(String name) {
        Integer token = tokens.get(name);
        return token != null ? token : tokens.getOrDefault(UNKNOWN, -1);
    }

    /** Whether the symbol itself is there. */
    public boolean contains(String name) {
        return tokens.containsKey(name);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SymbolTable that && names.equals(that.names);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return names.size() + " symbols " + names;
    }
}
