package dev.rnnc.compiler.format;

import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.format.Line.Kind;
import dev.rnnc.compiler.format.Spacing.Piece;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Keywords;
import dev.rnnc.compiler.syntax.ModelStatement;
import dev.rnnc.compiler.syntax.SyntaxFile;
import dev.rnnc.compiler.syntax.Token;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Lays out a file: each statement on a line of its own, two spaces an indent, neighbours aligned, at most one empty line
 * between statements and always one around a block. The tokens stay as they are, so the meaning does, and so does every
 * comment: behind the token it stands behind, or on its own line in front of the statement it stands in front of.
 * Formatting what is formatted changes nothing.
 */
public final class Formatter {
    private static final String INDENT = "  ";

    private final SyntaxFile file;
    private final List<Token> tokens;
    private final List<Integer> places;
    private final List<Gap> gaps = new ArrayList<>();
    private final List<Line> lines = new ArrayList<>();
    private boolean behindBlock;

    private Formatter(SyntaxFile file, List<Token> tokens) {
        this.file = file;
        this.tokens = tokens;
        this.places = tokens.stream().map(Token::start).toList();
        String text = file.source().text();
        for (int i = 0, end = 0; i <= tokens.size(); i++) {
            int start = i < tokens.size() ? tokens.get(i).start() : text.length();
            gaps.add(Gap.of(text.substring(end, start), i == 0));
            end = i < tokens.size() ? tokens.get(i).end() : end;
        }
    }

    /**
     * The canonical text of a file.
     *
     * @param tokens the file's tokens
     * @throws IllegalArgumentException if the file has syntax errors
     */
    public static String format(SyntaxFile file, List<Token> tokens) {
        if (!file.complete()) {
            throw new IllegalArgumentException("a file with syntax errors has no canonical form");
        }
        return new Formatter(file, tokens).format();
    }

    private String format() {
        int end = tokens.size();
        List<Integer> starts =
                starts(file.definitions().stream().map(Definition::span).toList(), end);
        for (int i = 0; i < file.definitions().size(); i++) {
            definition(file.definitions().get(i), starts.get(i), starts.get(i + 1));
        }
        comments(gaps.get(end), "", behindBlock && !gaps.get(end).hasBlank());
        Alignment.align(lines);
        StringBuilder text = new StringBuilder();
        for (Line line : lines) {
            text.append(line.blankBefore && !text.isEmpty() ? "\n" : "").append(line.text());
            line.continuation.forEach(l -> text.append('\n').append(l));
            line.comment.ifPresent(text::append);
            text.append('\n');
        }
        return text.toString();
    }

    /** The index of the first token of each span, and {@code end}. */
    private List<Integer> starts(List<Span> spans, int end) {
        List<Integer> starts = new ArrayList<>();
        spans.forEach(span -> starts.add(Collections.binarySearch(places, span.start())));
        starts.add(end);
        return starts;
    }

    private void definition(Definition definition, int from, int to) {
        List<Span> statements = statements(definition);
        boolean block = tokens.get(to - 1).text().equals("}")
                && !(definition instanceof Definition.Constant)
                && (statements != null);
        boolean separated = gaps.get(from).hasBlank();
        boolean blank = comments(gaps.get(from), "", (block || behindBlock) && !separated);
        behindBlock = block;
        if (!block) {
            statement(from, to, "", Kind.OTHER, blank);
            return;
        }
        List<Integer> starts = starts(statements, to - 1);
        int open = starts.getFirst();
        statement(from, open, "", Kind.OTHER, blank);
        for (int i = 0; i < statements.size(); i++) {
            int next = starts.get(i + 1);
            boolean blankInside = comments(gaps.get(starts.get(i)), INDENT, false);
            if (definition instanceof Definition.Model model
                    && model.statements().get(i) instanceof ModelStatement.Train train) {
                train(train, starts.get(i), next, blankInside);
            } else {
                statement(starts.get(i), next, INDENT, kind(definition, i), blankInside);
            }
        }
        close(to - 1, open, "");
    }

    private static List<Span> statements(Definition definition) {
        return switch (definition) {
            case Definition.Import _, Definition.Constant _ -> null;
            case Definition.Function f ->
                f.block() ? f.equations().stream().map(CellStatement::span).toList() : null;
            case Definition.Cell c ->
                c.statements().stream().map(CellStatement::span).toList();
            case Definition.Model m ->
                m.statements().stream().map(ModelStatement::span).toList();
        };
    }

    private static Kind kind(Definition definition, int index) {
        return switch (definition) {
            case Definition.Cell c
            when c.statements().get(index) instanceof CellStatement.Parameters -> Kind.PARAMETERS;
            case Definition.Model m -> kind(m.statements().get(index));
            default -> Kind.OTHER;
        };
    }

    private static Kind kind(ModelStatement statement) {
        return statement instanceof ModelStatement.Port
                ? Kind.PORT
                : statement instanceof ModelStatement.Layer
                        ? Kind.LAYER
                        : statement instanceof ModelStatement.Loss ? Kind.LOSS : Kind.OTHER;
    }

    /** The settings on one line where they fit and no comment stands between them, else each on its own. */
    private void train(ModelStatement.Train train, int from, int to, boolean blank) {
        List<Integer> items =
                starts(train.items().stream().map(Expression::span).toList(), to - 1);
        List<Integer> settings = new ArrayList<>();
        for (int i = 0; i < train.items().size(); i++) {
            boolean word = train.items().get(i) instanceof Expression.Name name
                    && Keywords.SETTINGS.contains(name.identifier());
            if (word || i == 0) {
                settings.add(items.get(i));
            }
        }
        settings.add(to - 1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i + 1 < settings.size(); i++) {
            texts.add(StatementLayout.join(Spacing.of(tokens.subList(settings.get(i), settings.get(i + 1)), false)));
        }
        String line = texts.isEmpty() ? "train {}" : "train { " + String.join("  ", texts) + " }";
        boolean commented = gaps.subList(from + 1, to).stream()
                .anyMatch(gap -> !gap.comments().isEmpty());
        if (!commented && INDENT.length() + line.length() <= StatementLayout.WIDTH) {
            lines.add(Line.of(Kind.OTHER, INDENT, line, blank));
            return;
        }
        statement(from, settings.getFirst(), INDENT, Kind.OTHER, blank);
        for (int i = 0; i + 1 < settings.size(); i++) {
            boolean blankInside = comments(gaps.get(settings.get(i)), INDENT + INDENT, false);
            statement(settings.get(i), settings.get(i + 1), INDENT + INDENT, Kind.OTHER, blankInside);
        }
        close(to - 1, settings.getFirst(), INDENT);
    }

    /** The closing brace; on the line of the opening one where nothing stands between them. */
    private void close(int brace, int afterOpen, String indent) {
        if (brace == afterOpen && gaps.get(brace).comments().isEmpty()) {
            Line header = lines.getLast();
            if (header.continuation.isEmpty()) {
                header.cells.set(header.cells.size() - 1, header.cells.getLast() + "}");
                return;
            }
        }
        comments(gaps.get(brace), indent + INDENT, false);
        lines.add(Line.of(Kind.OTHER, indent, "}", false));
    }

    /**
     * Adds the comments in front of a statement.
     *
     * @param blank whether an empty line must stand in front of them
     * @return whether one must stand in front of the statement
     */
    private boolean comments(Gap gap, String indent, boolean blank) {
        boolean needed = blank;
        for (Gap.Comment comment : gap.comments()) {
            boolean first = lines.isEmpty() || opensBlock(lines.getLast());
            if (!comment.ownLine() && !lines.isEmpty()) {
                lines.getLast().comment = Optional.of(INDENT + comment.text());
            } else {
                lines.add(Line.of(Kind.COMMENT, indent, comment.text(), !first && (comment.blankBefore() || needed)));
                needed = false;
            }
        }
        boolean first = lines.isEmpty() || opensBlock(lines.getLast());
        return !first && (needed || gap.blankAtEnd());
    }

    private static boolean opensBlock(Line line) {
        String last = line.continuation.isEmpty() ? line.text() : line.continuation.getLast();
        return line.kind != Kind.COMMENT && last.endsWith("{");
    }

    private void statement(int from, int to, String indent, Kind kind, boolean blank) {
        boolean keyword =
                kind != Kind.OTHER || Keywords.WORDS.contains(tokens.get(from).text());
        List<Piece> pieces = Spacing.of(tokens.subList(from, to), keyword);
        List<Gap> inner = new ArrayList<>(gaps.subList(from + 1, to));
        inner.add(new Gap(List.of(), false));
        List<String> laidOut = StatementLayout.of(pieces, inner, indent);
        if (laidOut.size() > 1) {
            lines.add(new Line(kind, indent, List.of(laidOut.getFirst()), laidOut.subList(1, laidOut.size()), blank));
            return;
        }
        lines.add(new Line(kind, indent, cells(kind, pieces), List.of(), blank));
    }

    private static List<String> cells(Kind kind, List<Piece> pieces) {
        return switch (kind) {
            case COMMENT, OTHER -> List.of(StatementLayout.join(pieces));
            case LOSS -> cut(pieces, 1);
            case PORT, LAYER -> cut(pieces, 1, 2);
            case PARAMETERS -> {
                int tilde = pieces.stream().map(Piece::text).toList().indexOf("~");
                yield tilde < 0 ? cut(pieces) : cut(pieces, tilde);
            }
        };
    }

    private static List<String> cut(List<Piece> pieces, int... places) {
        List<String> cells = new ArrayList<>();
        int from = 0;
        for (int place : places) {
            cells.add(StatementLayout.join(pieces.subList(from, place)));
            from = place;
        }
        cells.add(StatementLayout.join(pieces.subList(from, pieces.size())));
        return cells;
    }
}
