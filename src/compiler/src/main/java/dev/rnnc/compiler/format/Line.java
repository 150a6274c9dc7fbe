package dev.rnnc.compiler.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A line to be written, in cells that are aligned with those of its neighbours. */
final class Line {
    /** What may be aligned with what. */
    enum Kind {
        COMMENT,
        PORT,
        LAYER,
        LOSS,
        PARAMETERS,
        OTHER
    }

    final Kind kind;
    final String indent;
    final List<String> cells;
    /** Further lines of the same statement, with their indent. */
    final List<String> continuation;

    final boolean blankBefore;
    Optional<String> comment = Optional.empty();

    Line(Kind kind, String indent, List<String> cells, List<String> continuation, boolean blankBefore) {
        this.kind = kind;
        this.indent = indent;
        this.cells = new ArrayList<>(cells);
        this.continuation = List.copyOf(continuation);
        this.blankBefore = blankBefore;
    }

    static Line of(Kind kind, String indent, String text, boolean blankBefore) {
        return new Line(kind, indent, List.of(text), List.of(), blankBefore);
    }

    /** The first line without its comment; padding of the last cell does not show. */
    String text() {
        return (indent + String.join(" ", cells)).stripTrailing();
    }
}
