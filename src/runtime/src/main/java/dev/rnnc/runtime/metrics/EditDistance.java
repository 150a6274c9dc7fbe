package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.metrics.Figure.Unit;
import java.util.List;

/**
 * How many symbols must be put in, taken out or replaced to make the answered sequences the true ones (Levenshtein 1966):
 * the mean for each sequence, and as a share of all true symbols, which may be more than 1.
 */
public final class EditDistance implements Metric {
    private long edits;
    private long symbols;
    private long sequences;

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
            int[] answer = new int[length];
            int[] truth = new int[length];
            for (int step = 0; step < length; step++) {
                int row = step * outcomes.batch() + sequence;
                answer[step] = outcomes.answer(row);
                truth[step] = outcomes.token(row);
            }
            edits += between(answer, truth);
            symbols += length;
            sequences++;
        }
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
