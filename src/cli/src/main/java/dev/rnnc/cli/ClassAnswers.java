package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.metrics.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * How classes were confused: the table of answers by true class, or where there are too many classes for one, the most
 * frequent mistakes.
 */
final class ClassAnswers implements AnswerSection {
    private static final int LARGEST_TABLE = 40;
    private static final int MISTAKES = 30;

    private final TargetPair pair;
    private final TrainingData data;

    ClassAnswers(TargetPair pair, TrainingData data) {
        this.pair = pair;
        this.data = data;
    }

    @Override
    public void add(Outcomes outcomes, Outcomes free) {
        // The metrics count.
    }

    @Override
    public void write(HtmlPage page, List<Figure> figures) {
        figures.stream()
                .filter(Figure.Matrix.class::isInstance)
                .map(Figure.Matrix.class::cast)
                .forEach(matrix -> write(page, figures, matrix));
    }

    private void write(HtmlPage page, List<Figure> figures, Figure.Matrix matrix) {
        List<Integer> classes = List.copyOf(FigureText.occurring(matrix));
        page.heading("Confusion of " + pair.target().name());
        if (classes.isEmpty()) {
            page.paragraph("There was no target to answer.");
        } else if (classes.size() <= LARGEST_TABLE) {
            List<String> names = classes.stream().map(this::name).toList();
            long[][] counts = classes.stream()
                    .map(truth -> classes.stream()
                            .mapToLong(answer -> matrix.count(truth, answer))
                            .toArray())
                    .toArray(long[][]::new);
            page.paragraph("How often each class was answered (columns) where each was true (rows).")
                    .counts("true \\ answer", names, names, counts);
            scores(page, figures, matrix);
        } else {
            page.paragraph("%d classes occur; these mistakes were made most often.".formatted(classes.size()));
            mistakes(page, matrix);
        }
    }

    private void scores(HtmlPage page, List<Figure> figures, Figure.Matrix matrix) {
        figures.stream()
                .filter(Figure.PerClass.class::isInstance)
                .map(Figure.PerClass.class::cast)
                .forEach(scores -> {
                    List<List<String>> rows = new ArrayList<>();
                    scores.values()
                            .forEach((one, f1) -> rows.add(
                                    List.of(name(one), Numbers.grouped(total(matrix, one)), Numbers.loss(f1))));
                    page.table("lrr", List.of("class", "true", "F1"), rows);
                });
    }

    private void mistakes(HtmlPage page, Figure.Matrix matrix) {
        record Mistake(int truth, int answer, long count) {}
        List<Mistake> mistakes = new ArrayList<>();
        matrix.counts()
                .forEach((truth, row) -> row.forEach((answer, count) -> {
                    if (!answer.equals(truth)) {
                        mistakes.add(new Mistake(truth, answer, count));
                    }
                }));
        mistakes.sort(Comparator.comparingLong(Mistake::count).reversed());
        List<List<String>> rows = mistakes.stream()
                .limit(MISTAKES)
                .map(m -> List.of(
                        name(m.truth()),
                        name(m.answer()),
                        Numbers.grouped(m.count()),
                        String.format(Locale.ROOT, "%.1f %%", 100.0 * m.count() / total(matrix, m.truth()))))
                .toList();
        page.table("llrr", List.of("true", "answered", "how often", "of the true class"), rows);
    }

    private static long total(Figure.Matrix matrix, int truth) {
        var row = matrix.counts().get(truth);
        return row == null
                ? 0
                : row.values().stream().mapToLong(Long::longValue).sum();
    }

    private String name(int token) {
        return pair.task() == Task.BINARY ? Integer.toString(token) : data.symbol(pair.target(), token);
    }
}
