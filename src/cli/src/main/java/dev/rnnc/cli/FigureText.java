package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.spec.PortSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** Figures of metrics as people and programs read them. */
final class FigureText {
    private static final String ACCURACY = "accuracy";

    /** The most classes that a table for people has. */
    private static final int LARGEST_TABLE = 20;

    private FigureText() {}

    /** The accuracy among the figures of a target, where it was measured. */
    static OptionalDouble accuracy(List<Figure> figures) {
        return figures.stream()
                .filter(figure -> figure.name().equals(ACCURACY))
                .mapToDouble(figure -> ((Figure.Number) figure).value())
                .findFirst();
    }

    /** The first figure of each target, with blanks before it. */
    static String brief(Map<PortSpec, List<Figure>> figures) {
        StringBuilder text = new StringBuilder();
        figures.forEach((target, all) -> {
            if (!all.isEmpty() && all.getFirst() instanceof Figure.Number number) {
                String of = figures.size() == 1 ? "" : " of " + target.name();
                text.append("  ")
                        .append(number.name().replace('_', ' '))
                        .append(of)
                        .append(' ')
                        .append(value(number));
            }
        });
        return text.toString();
    }

    /**
     * Everything but the accuracy, which has its place beside the loss; a line for each target and tables below.
     *
     * @param words what classes are called
     * @param label what stands before the figures of a target, by its name
     */
    static String text(Map<PortSpec, List<Figure>> figures, AnswerWords words, UnaryOperator<String> label) {
        StringBuilder text = new StringBuilder();
        figures.forEach((target, all) -> {
            List<String> numbers = new ArrayList<>();
            StringBuilder tables = new StringBuilder();
            for (Figure figure : all) {
                switch (figure) {
                    case Figure.Number number -> {
                        if (!number.name().equals(ACCURACY)) {
                            numbers.add(number.name().replace('_', ' ') + " " + value(number));
                        }
                    }
                    case Figure.PerClass classes -> tables.append(classes(classes, target, words));
                    case Figure.Matrix matrix -> tables.append(matrix(matrix, target, words));
                }
            }
            if (!numbers.isEmpty() || !tables.isEmpty()) {
                text.append('\n')
                        .append(label.apply(target.name()))
                        .append(": ")
                        .append(String.join("  ", numbers));
                text.append(tables);
            }
        });
        return text.toString();
    }

    /** An object with a member for each target. */
    static void json(JsonGenerator json, Map<PortSpec, List<Figure>> figures, AnswerWords words) throws IOException {
        json.writeStartObject();
        for (Map.Entry<PortSpec, List<Figure>> target : figures.entrySet()) {
            json.writeObjectFieldStart(target.getKey().name());
            for (Figure figure : target.getValue()) {
                switch (figure) {
                    case Figure.Number number -> Json.number(json, number.name(), number.value());
                    case Figure.PerClass classes -> {
                        json.writeObjectFieldStart(classes.name());
                        for (Map.Entry<Integer, Double> one : classes.values().entrySet()) {
                            Json.number(json, words.label(target.getKey(), one.getKey()), one.getValue());
                        }
                        json.writeEndObject();
                    }
                    case Figure.Matrix matrix -> matrix(json, matrix, target.getKey(), words);
                }
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void matrix(JsonGenerator json, Figure.Matrix matrix, PortSpec target, AnswerWords words)
            throws IOException {
        SortedSet<Integer> classes = occurring(matrix);
        json.writeObjectFieldStart(matrix.name());
        json.writeArrayFieldStart("classes");
        for (int one : classes) {
            if (words.named(target)) {
                json.writeString(words.label(target, one));
            } else {
                json.writeNumber(one);
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart("counts");
        for (int truth : classes) {
            json.writeStartArray();
            for (int answer : classes) {
                json.writeNumber(matrix.count(truth, answer));
            }
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** A number with its unit. */
    static String value(Figure.Number number) {
        return switch (number.unit()) {
            case SHARE -> String.format(Locale.ROOT, "%.2f %%", 100 * number.value());
            case BITS, TARGET, NUMBER -> Numbers.loss(number.value());
        };
    }

    private static String classes(Figure.PerClass classes, PortSpec target, AnswerWords words) {
        String name = classes.name().replaceFirst("_.*", "");
        int size = classes.values().size();
        if (size > LARGEST_TABLE) {
            return "\n  %d classes: --json has the %s of each".formatted(size, name);
        }
        Table table = new Table("rr").row("class", name);
        classes.values().forEach((one, value) -> table.row(words.label(target, one), Numbers.loss(value)));
        return "\n" + table.toString().stripTrailing();
    }

    private static String matrix(Figure.Matrix matrix, PortSpec target, AnswerWords words) {
        SortedSet<Integer> classes = occurring(matrix);
        if (classes.size() > LARGEST_TABLE) {
            return "\n  %d classes: --json has the table of answers".formatted(classes.size());
        }
        Table table = new Table("r".repeat(classes.size() + 1));
        List<String> head = new ArrayList<>(List.of("true\\answer"));
        classes.forEach(one -> head.add(words.label(target, one)));
        table.row(head.toArray(String[]::new));
        for (int truth : classes) {
            List<String> row = new ArrayList<>(List.of(words.label(target, truth)));
            classes.forEach(answer -> row.add(Numbers.grouped(matrix.count(truth, answer))));
            table.row(row.toArray(String[]::new));
        }
        return "\n" + table.toString().stripTrailing();
    }

    /** The classes that were true or answered. */
    static SortedSet<Integer> occurring(Figure.Matrix matrix) {
        SortedSet<Integer> classes = new TreeSet<>(matrix.counts().keySet());
        matrix.counts().values().forEach(row -> classes.addAll(row.keySet()));
        return classes;
    }
}
