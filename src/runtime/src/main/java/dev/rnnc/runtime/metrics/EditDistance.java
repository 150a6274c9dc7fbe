package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.metrics.Figure.Unit;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * How many symbols must be put in, taken out or replaced to make the answered sequences the true ones (Levenshtein 1966):
 * the mean for each sequence, and as a share of all true symbols, which may be more than 1.
 */
public final class EditDistance implements Metric {
    private final OptionalInt stop;
    private long edits;
    private long symbols;
    private long sequences;

    /** Compares as many answered symbols as there are true ones. */
    public EditDistance() {
        this.stop = OptionalInt.empty();
    }

    /**
     * Compares what stands before the first {@code stop}. An answered sequence without one goes on to the last step of its
     * batch, however short the true one is.
     */
    public EditDistance(int stop) {
        this.stop = OptionalInt.of(stop);
    }

    /** The distance of two sequences. */
    public static int between(int[] answer, int[] truth) {
        int[] above = new int[truth.length + 1];
        for (int j = 0; j <= truth.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= answer.length; i++) {
            int[] row = new int[truth.length + 1];
            row[0] = i;
            for (int j = 1; j <= truth.length; j++) {
                int replaced = above[j - 1] + (answer[i - 1] == truth[j - 1] ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[truth.length];
    }

    @Override
    public void add(Outcomes outcomes) {
        for (int sequence = 0; sequence < outcomes.batch(); sequence++) {
            int length = Math.min(outcomes.steps(), outcomes.lengths()[sequence]);
            if (length == 0) {
                continue;
            }
            int[] answer = cut(outcomes, sequence, stop.isPresent() ? outcomes.steps() : length, outcomes::answer);
            int[] truth = cut(outcomes, sequence, length, outcomes::token);
            edits += between(answer, truth);
            symbols += truth.length;
            sequences++;
        }
    }

    /** The symbols of a sequence before the first stop. */
    private int[] cut(Outcomes outcomes, int sequence, int length, IntUnaryOperator symbol) {
        return IntStream.range(0, length)
                .map(step -> symbol.applyAsInt(step * outcomes.batch() + sequence))
                .takeWhile(one -> stop.isEmpty() || one != stop.getAsInt())
                .toArray();
    }

    @Override
    public List<Figure> figures() {
        return List.of(
                new Figure.Number(
                        "edit_distance", sequences == 0 ? Double.NaN : (double) edits / sequences, Unit.NUMBER),
                new Figure.Number("edit_rate", symbols == 0 ? Double.NaN : (double) edits / symbols, Unit.SHARE));
    }

    @Override
    public void reset() {
        edits = 0;
        symbols = 0;
        sequences = 0;
    }
}
