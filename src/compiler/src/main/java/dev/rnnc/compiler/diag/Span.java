package dev.rnnc.compiler.diag;

/**
 * A stretch of a source text.
 *
 * @param source the text
 * @param start first character
 * @param end after the last character
 */
public record Span(SourceText source, int start, int end) {
    /** Line of the first character, counted from 1. */
    public int line() {
        return source.line(start);
    }

    /** Column of the first character, counted from 1. */
    public int column() {
        return source.column(start);
    }

    /** The text itself with runs of white space as one space and without comments. */
    public String text() {
        return source.text()
                .substring(start, end)
                .replaceAll("//[^\\r\\n]*", " ")
                .strip()
                .replaceAll("\\s+", " ");
    }

    /** From the start of this to the end of {@code other}. */
    public Span to(Span other) {
        return new Span(source, start, Math.max(end, other.end));
    }
}
