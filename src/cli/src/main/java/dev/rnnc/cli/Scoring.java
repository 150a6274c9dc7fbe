package dev.rnnc.cli;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** Measures a program's runs and writes down its answers. */
final class Scoring implements AutoCloseable {
    private final List<TargetPair> pairs;
    private final MetricSet metrics;
    private final Optional<PredictionFile> predictions;

    Scoring(List<TargetPair> pairs, MetricSet metrics, Optional<PredictionFile> predictions) {
        this.pairs = List.copyOf(pairs);
        this.metrics = metrics;
        this.predictions = predictions;
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
    }

    /** All figures, by target. */
    SequencedMap<PortSpec, List<Figure>> figures() {
        return metrics.figures();
    }

    @Override
    public void close() {
        predictions.ifPresent(PredictionFile::close);
    }
}
