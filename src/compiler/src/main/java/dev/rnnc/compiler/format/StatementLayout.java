package dev.rnnc.compiler.format;

import dev.rnnc.compiler.format.Spacing.Piece;
import java.util.ArrayList;
import java.util.List;

/** Lays out the pieces of one statement in as few lines as they need. */
final class StatementLayout {
    /** Columns of a line. */
    static final int WIDTH = 120;

    private static final String CONTINUATION = "    ";

    private final String indent;
    private final List<String> lines = new ArrayList<>();
    private final List<Piece> line = new ArrayList<>();
    private int width;
    private boolean canBreak;

    private StatementLayout(String indent) {
        this.indent = indent;
    }

    /**
     * The lines, the first without its indent.
     *
     * @param gaps what stands behind each piece
     */
    static List<String> of(List<Piece> pieces, List<Gap> gaps, String indent) {
        StatementLayout layout = new StatementLayout(indent);
        for (int i = 0; i < pieces.size(); i++) {
            layout.add(pieces.get(i));
            layout.comments(gaps.get(i));
        }
        layout.end("");
        return layout.lines;
    }

    /** The pieces on one line. */
    static String join(List<Piece> pieces) {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            text.append(piece.space() && !text.isEmpty() ? " " : "").append(piece.text());
        }
        return text.toString();
    }

    private void add(Piece piece) {
        line.add(piece);
        width += width(piece);
        canBreak |= piece.mayBreak() && line.size() > 1;
        while (canBreak && indent.length() + start().length() + width > WIDTH) {
            int at = breakPlace();
            List<Piece> rest = List.copyOf(line.subList(at, line.size()));
            line.subList(at, line.size()).clear();
            end("");
            line.addAll(rest);
            width = rest.stream().mapToInt(StatementLayout::width).sum();
            canBreak = rest.stream().skip(1).anyMatch(Piece::mayBreak);
        }
    }

    private static int width(Piece piece) {
        return piece.text().length() + (piece.space() ? 1 : 0);
    }

    /** The last of those places in the line that stand in the fewest brackets. */
    private int breakPlace() {
        int best = 0;
        for (int i = 1; i < line.size(); i++) {
            if (line.get(i).mayBreak()
                    && (best == 0 || line.get(i).depth() <= line.get(best).depth())) {
                best = i;
            }
        }
        return best;
    }

    private void comments(Gap gap) {
        for (Gap.Comment comment : gap.comments()) {
            if (comment.ownLine()) {
                end("");
                lines.add(indent + CONTINUATION + comment.text());
            } else {
                end("  " + comment.text());
            }
        }
    }

    private String start() {
        return lines.isEmpty() ? "" : CONTINUATION;
    }

    private void end(String comment) {
        if (!line.isEmpty()) {
            lines.add((lines.isEmpty() ? "" : indent + CONTINUATION) + join(line) + comment);
            line.clear();
            width = 0;
            canBreak = false;
        }
    }
}
