package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/** The metrics of all targets of a model, fed with a program's runs. For one thread. */
public final class MetricSet {
    private final SequencedMap<TargetPair, List<Metric>> metrics = new LinkedHashMap<>();

    /**
     * Metrics that have seen nothing yet.
     *
     * @param kinds for each target which; one that cannot measure a target is left out there
     */
    public MetricSet(SequencedMap<TargetPair, ? extends Set<MetricKind>> kinds) {
        kinds.forEach((pair, wanted) -> metrics.put(
                pair,
                wanted.stream()
                        .filter(kind -> kind.measures(pair.task()))
                        .sorted()
                        .map(MetricKind::create)
                        .toList()));
    }

    /**
     * Takes a program's last run into account.
     *
     * @param steps time steps of the run
     */
    public void observe(Program program, int steps) {
        observe(program, steps, 0);
    }

    /** Takes the outcomes of one of the pairs into account. */
    public void add(TargetPair pair, Outcomes outcomes) {
        metrics.get(pair).forEach(metric -> metric.add(outcomes));
    }

    /**
     * Takes a program's last run into account.
     *
     * @param steps time steps of the run
     * @param from the first sequence that counts: those before are there a second time
     */
    public void observe(Program program, int steps, int from) {
        metrics.keySet().forEach(pair -> add(pair, pair.outcomes(program, steps, from)));
    }

    /** All figures, by target. */
    public SequencedMap<PortSpec, List<Figure>> figures() {
        SequencedMap<PortSpec, List<Figure>> figures = new LinkedHashMap<>();
        metrics.forEach((pair, all) -> figures.computeIfAbsent(pair.target(), _ -> new ArrayList<>())
                .addAll(all.stream().flatMap(m -> m.figures().stream()).toList()));
        return figures;
    }

    /** Forgets all runs, as before another epoch. */
    public void reset() {
        metrics.values().forEach(all -> all.forEach(Metric::reset));
    }
}
