package dev.rnnc.compiler.format;

import dev.rnnc.compiler.format.Line.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Aligns neighbouring lines: keywords of a model's statements, colons of its ports, equals signs of its layers, the
 * tildes of parameters, and comments. Empty lines and statements of several lines separate; comment lines do not.
 */
final class Alignment {
    private static final Set<Kind> STATEMENTS = Set.of(Kind.PORT, Kind.LAYER, Kind.LOSS);

    private Alignment() {}

    static void align(List<Line> lines) {
        pad(lines, line -> STATEMENTS.contains(line.kind), 0);
        pad(lines, line -> line.kind == Kind.PORT, 1);
        pad(lines, line -> line.kind == Kind.LAYER, 1);
        pad(lines, line -> line.kind == Kind.PARAMETERS, 0);
        alignComments(lines);
    }

    private static void pad(List<Line> lines, Predicate<Line> matches, int cell) {
        List<Line> run = new ArrayList<>();
        for (Line line : lines) {
            if (line.kind == Kind.COMMENT && !line.blankBefore) {
                continue;
            }
            boolean member = matches.test(line) && line.continuation.isEmpty() && line.cells.size() > cell + 1;
            if (line.blankBefore || !member) {
                pad(run, cell);
                run.clear();
            }
            if (member) {
                run.add(line);
            }
        }
        pad(run, cell);
    }

    private static void pad(List<Line> run, int cell) {
        int width = run.stream().mapToInt(l -> l.cells.get(cell).length()).max().orElse(0);
        run.forEach(l -> l.cells.set(cell, padded(l.cells.get(cell), width)));
    }

    private static void alignComments(List<Line> lines) {
        List<Line> run = new ArrayList<>();
        for (Line line : lines) {
            boolean member = line.comment.isPresent() && line.continuation.isEmpty();
            if (line.blankBefore || !member) {
                padComments(run);
                run.clear();
            }
            if (member) {
                run.add(line);
            }
        }
        padComments(run);
    }

    private static void padComments(List<Line> run) {
        int width = run.stream().mapToInt(l -> l.text().length()).max().orElse(0);
        run.forEach(l ->
                l.comment = l.comment.map(c -> " ".repeat(width - l.text().length()) + c));
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
