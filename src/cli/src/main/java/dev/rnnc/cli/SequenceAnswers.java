package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.cli.report.HtmlPage.Line;
import dev.rnnc.cli.report.HtmlPage.Piece;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Some answered sequences of tokens below the true ones, in the words of the data, spread over all of them as these may be
 * sorted by length; of few classes how they are confused.
 */
final class SequenceAnswers implements AnswerSection {
    private static final int EXAMPLES = 10;
    private static final int LONGEST = 200;
    private static final String LINE_BREAK = "\u21b5";

    private final TargetPair pair;
    private final TrainingData data;
    private final boolean forced;
    private final List<Line> lines = new ArrayList<>();
    private final int windows;
    private int window;
    private int examples;

    /**
     * @param windows how many batches there are to come
     * @param forced whether the model reads the true sequence with {@code previous}
     */
    SequenceAnswers(TargetPair pair, TrainingData data, int windows, boolean forced) {
        this.pair = pair;
        this.data = data;
        this.windows = windows;
        this.forced = forced;
    }

    @Override
    public void add(Outcomes outcomes, Outcomes free) {
        // By now as many as the share of the batches that were seen.
        int due = (int) (((long) EXAMPLES * ++window + windows - 1) / windows);
        int first = examples;
        for (int i = 0; i < outcomes.batch() && examples < Math.min(EXAMPLES, due); i++) {
            int sequence = (first + i) % outcomes.batch();
            if (outcomes.lengths()[sequence] == 0) {
                continue;
            }
            examples++;
            lines.add(new Line(Integer.toString(examples), "true", text(outcomes, sequence, outcomes::token)));
            lines.add(
                    new Line("", forced ? "teacher forcing" : "answered", text(outcomes, sequence, outcomes::answer)));
            if (free != null) {
                lines.add(new Line("", "free running", text(free, sequence, free::answer)));
            }
        }
    }

    private List<Piece> text(Outcomes outcomes, int sequence, IntUnaryOperator token) {
        int length = Math.min(outcomes.steps(), outcomes.lengths()[sequence]);
        List<Piece> pieces = new ArrayList<>();
        for (int step = 0; step < Math.min(length, LONGEST); step++) {
            int row = step * outcomes.batch() + sequence;
            int shown = token.applyAsInt(row);
            String symbol = data.symbol(pair.target(), shown).replace("\n", LINE_BREAK);
            pieces.add(new Piece(symbol, shown != outcomes.token(row)));
            pieces.add(new Piece(data.between(), false));
        }
        if (length > LONGEST) {
            pieces.add(new Piece(" ...", false));
        }
        return pieces;
    }

    @Override
    public void write(HtmlPage page, List<Figure> figures) {
        page.heading("Answers for " + pair.target().name());
        page.paragraph("Some sequences of the validation data; what is not as the true token in its place is marked."
                + (forced
                        ? " Under teacher forcing the model reads the true token before each, running free its own answer."
                        : ""));
        page.texts(lines);
        new ClassAnswers(pair, data).write(page, figures);
    }
}
