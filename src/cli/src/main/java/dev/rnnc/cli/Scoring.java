package dev.rnnc.cli;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Measures a program's runs and writes down its answers. */
final class Scoring implements AutoCloseable {
    private final List<TargetPair> pairs;
    private final MetricSet metrics;
    private final Optional<PredictionFile> predictions;
    private final FreeFigures free;
    private final Set<String> forced;
    private final AnswerWords words;

    /**
     * @param free what the model makes where it feeds itself
     * @param forced names of the targets that it is shown otherwise
     * @param words what tokens are called in tables
     */
    Scoring(
            List<TargetPair> pairs,
            MetricSet metrics,
            Optional<PredictionFile> predictions,
            FreeFigures free,
            Set<String> forced,
            AnswerWords words) {
        this.pairs = List.copyOf(pairs);
        this.metrics = metrics;
        this.predictions = predictions;
        this.free = free;
        this.forced = Set.copyOf(forced);
        this.words = words;
    }

    /**
     * Takes a run into account.
     *
     * @param steps its time steps
     * @param example the number of its first sequence
     * @param step the number of its first time step
     */
    void observe(Program program, int steps, int example, int step) {
        for (TargetPair pair : pairs) {
            Outcomes outcomes = pair.outcomes(program, steps, 0);
            metrics.add(pair, outcomes);
            predictions.ifPresent(file -> file.write(pair, outcomes, example, step));
        }
        free.observe(program, steps, 0);
    }

    /** All figures. */
    ScoreFigures figures() {
        return new ScoreFigures(metrics.figures(), forced, free.figures(), free.obstacle(), words);
    }

    @Override
    public void close() {
        predictions.ifPresent(PredictionFile::close);
        free.close();
    }
}
