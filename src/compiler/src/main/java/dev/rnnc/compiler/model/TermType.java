package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;

/**
 * The type of a term.
 *
 * @param element real numbers or tokens
 * @param rows the row axes in front of the features
 * @param shape the features of one row: {@code []}, {@code [F]}, or {@code [M, K]} for parameters
 * @param vocabulary number of distinct tokens, 0 for real numbers
 */
public record TermType(Element element, Rows rows, List<Integer> shape, int vocabulary) {
    public TermType {
        shape = List.copyOf(shape);
    }

    /** A real-valued type. */
    public static TermType real(Rows rows, List<Integer> shape) {
        return new TermType(Element.REAL, rows, shape, 0);
    }

    /** Tokens, one per row. */
    public static TermType token(Rows rows, int vocabulary) {
        return new TermType(Element.TOKEN, rows, List.of(), vocabulary);
    }

    /** The same features over other rows. */
    public TermType withRows(Rows other) {
        return new TermType(element, other, shape, vocabulary);
    }

    /** Whether it holds tokens. */
    public boolean isToken() {
        return element == Element.TOKEN;
    }

    /** Whether one row is a single number. */
    public boolean isScalar() {
        return !isToken() && shape.isEmpty();
    }

    /** Whether one row is a vector. */
    public boolean isVector() {
        return !isToken() && shape.size() == 1;
    }

    /** As written in a model: {@code token(96)}, {@code real[4] sequence}, {@code real}. */
    @Override
    public String toString() {
        String row = isToken() ? "token(" + vocabulary + ")" : "real" + (shape.isEmpty() ? "" : shape.toString());
        return rows == Rows.SEQUENCE ? row + " sequence" : row;
    }
}
