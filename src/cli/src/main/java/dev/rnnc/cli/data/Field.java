package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import java.util.List;

/**
 * What is read from some columns, once for all ports that read the same.
 *
 * @param columns where the values stand
 * @param element numbers or tokens
 * @param width values of one step; 1 for tokens
 * @param vocabulary how many tokens the ports take; 0 for numbers
 * @param pieces how the text of a cell becomes tokens
 */
public record Field(List<String> columns, Element element, int width, int vocabulary, Pieces pieces) {
    /** How a text becomes tokens. */
    public enum Pieces {
        /** The whole text is one token, an array has one for each element. */
        WHOLE,
        /** What stands between white space; rare words may become {@value SymbolTable#UNKNOWN}. */
        WORDS,
        /** Unicode code points. */
        CHARACTERS
    }

    public Field {
        columns = List.copyOf(columns);
    }

    /** The columns as a message names them. */
    String name() {
        return columns.size() == 1
                ? "column '" + columns.getFirst() + "'"
                : "columns '" + columns.getFirst() + "' to '" + columns.getLast() + "'";
    }
}
