package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.metrics.Figure.Unit;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which class was answered where which was true; accuracy and F1 follow from it. F1 of a class is {@code 2 TP / (2 TP + FP
 * + FN)}, its macro mean is over the classes that are true or answered at least once.
 */
final class Confusion implements Metric {
    /** What is made of the counts. */
    enum Summary {
        ACCURACY,
        F1,
        MATRIX
    }

    private final Summary summary;
    /** True class, answer, how often. */
    private final SortedMap<Integer, SortedMap<Integer, Long>> counts = new TreeMap<>();

    Confusion(Summary summary) {
        this.summary = summary;
    }

    @Override
    public void add(Outcomes outcomes) {
        outcomes.forEachDecision((answer, truth) ->
                counts.computeIfAbsent(truth, _ -> new TreeMap<>()).merge(answer, 1L, Long::sum));
    }

    @Override
    public List<Figure> figures() {
        return switch (summary) {
            case ACCURACY -> List.of(new Figure.Number("accuracy", accuracy(), Unit.SHARE));
            case F1 -> {
                SortedMap<Integer, Double> classes = f1();
                double macro = classes.values().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(Double.NaN);
                yield List.of(new Figure.Number("f1", macro, Unit.NUMBER), new Figure.PerClass("f1_classes", classes));
            }
            case MATRIX -> List.of(new Figure.Matrix("confusion", counts));
        };
    }

    @Override
    public void reset() {
        counts.clear();
    }

    private double accuracy() {
        long right = 0;
        long all = 0;
        for (var row : counts.entrySet()) {
            right += row.getValue().getOrDefault(row.getKey(), 0L);
            all += sum(row.getValue());
        }
        return all == 0 ? Double.NaN : (double) right / all;
    }

    private SortedMap<Integer, Double> f1() {
        SortedSet<Integer> classes = new TreeSet<>(counts.keySet());
        SortedMap<Integer, Long> answered = new TreeMap<>();
        counts.values().forEach(row -> row.forEach((answer, count) -> answered.merge(answer, count, Long::sum)));
        classes.addAll(answered.keySet());
        SortedMap<Integer, Double> scores = new TreeMap<>();
        for (int one : classes) {
            SortedMap<Integer, Long> row = counts.getOrDefault(one, new TreeMap<>());
            long right = row.getOrDefault(one, 0L);
            // Each decision for or of this class counts once, the right ones twice.
            scores.put(one, 2.0 * right / (sum(row) + answered.getOrDefault(one, 0L)));
        }
        return scores;
    }

    private static long sum(SortedMap<Integer, Long> row) {
        return row.values().stream().mapToLong(Long::longValue).sum();
    }
}
