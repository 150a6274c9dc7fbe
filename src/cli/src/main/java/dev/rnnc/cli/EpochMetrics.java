package dev.rnnc.cli;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.MetricKind;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** What is measured on the validation data after each epoch: what {@code eval} would, but for what the loss says already. */
final class EpochMetrics {
    /** Wider outputs, those of large vocabularies, would be longer in reading than in computing. */
    private static final int WIDEST = 1024;

    private static final Set<MetricKind> KINDS =
            EnumSet.of(MetricKind.ACCURACY, MetricKind.F1, MetricKind.MAE, MetricKind.RMSE);

    /** Of a text these follow from the loss. */
    private static final Set<MetricKind> OF_SYMBOLS = EnumSet.of(MetricKind.PERPLEXITY, MetricKind.BITS);

    private final MetricSet metrics;

    private EpochMetrics(MetricSet metrics) {
        this.metrics = metrics;
    }

    /** Measures nothing. */
    static EpochMetrics none() {
        return new EpochMetrics(new MetricSet(new LinkedHashMap<>()));
    }

    /** Measures the targets of a model that outputs are to meet. */
    static EpochMetrics of(Backend.Source model, LossUnit unit) {
        Set<MetricKind> known = EnumSet.copyOf(KINDS);
        if (!unit.perplexity()) {
            known.addAll(OF_SYMBOLS);
        }
        SequencedMap<TargetPair, Set<MetricKind>> kinds = new LinkedHashMap<>();
        for (TargetPair pair : TargetPairs.of(model)) {
            if (pair.output().width() <= WIDEST) {
                Set<MetricKind> wanted = EnumSet.copyOf(TargetPairs.defaults(model, pair));
                wanted.retainAll(known);
                kinds.put(pair, wanted);
            }
        }
        return new EpochMetrics(new MetricSet(kinds));
    }

    /** Takes a run of validation data into account; see {@link MetricSet#observe(Program, int, int)}. */
    void observe(Program program, int steps, int from) {
        metrics.observe(program, steps, from);
    }

    /** What came of the epoch; the next one begins anew. */
    Map<PortSpec, List<Figure>> finish() {
        Map<PortSpec, List<Figure>> figures = metrics.figures();
        metrics.reset();
        return figures;
    }
}
