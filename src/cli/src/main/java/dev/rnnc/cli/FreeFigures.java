package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.EditDistance;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.MetricKind;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.metrics.Task;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * Measures what a model makes when it feeds itself, where that differs from what it answers when it is given the true
 * sequence.
 */
final class FreeFigures implements AutoCloseable {
    /** Step by step answers say little once the model has left the true sequence; these compare sequences, or errors. */
    private static final Set<MetricKind> KINDS = EnumSet.of(MetricKind.EDIT_DISTANCE, MetricKind.MAE, MetricKind.RMSE);

    private final Optional<String> obstacle;
    private final List<TargetPair> pairs;
    private final MetricSet metrics;
    private final FreeRun run;
    /** In the place of the metric of that name, where sequences end with a symbol of their own. */
    private final Map<TargetPair, EditDistance> stopped = new LinkedHashMap<>();

    private FreeFigures(Optional<String> obstacle, List<TargetPair> pairs, MetricSet metrics, FreeRun run) {
        this.obstacle = obstacle;
        this.pairs = pairs;
        this.metrics = metrics;
        this.run = run;
    }

    /** Measures nothing and says nothing. */
    static FreeFigures none() {
        return because(Optional.empty());
    }

    /** Says that sequences which are compared have no ends in a text; nothing where none are. */
    static FreeFigures onText(Map<TargetPair, ? extends Set<MetricKind>> kinds) {
        return kinds.values().stream().anyMatch(of -> of.contains(MetricKind.EDIT_DISTANCE))
                ? because(Optional.of("a text has no sequences to compare; 'rnnc generate' lets the model write one"))
                : none();
    }

    private static FreeFigures because(Optional<String> obstacle) {
        return new FreeFigures(obstacle, List.of(), new MetricSet(new LinkedHashMap<>()), null);
    }

    /**
     * Measures the targets that the model feeds itself.
     *
     * @param kinds what is measured of each target under teacher forcing; what of it compares sequences is measured again
     * @param options how programs are compiled
     */
    static FreeFigures of(
            Backend.Source model,
            Map<TargetPair, ? extends Set<MetricKind>> kinds,
            Parameters parameters,
            CompileOptions options) {
        boolean fed = kinds.keySet().stream().anyMatch(pair -> isFed(model, pair));
        boolean decoded = kinds.entrySet().stream()
                .anyMatch(e -> e.getKey().task() == Task.CLASSES
                        && e.getKey().target().rows() == Rows.SEQUENCE
                        && e.getValue().contains(MetricKind.EDIT_DISTANCE));
        if (!fed && !decoded) {
            return none();
        }
        Optional<String> obstacle = model.generation().obstacle();
        if (obstacle.isPresent()) {
            return because(Optional.of("model %s cannot generate step by step: %s"
                    .formatted(model.spec().name(), obstacle.get())));
        }
        SequencedMap<TargetPair, Set<MetricKind>> wanted = new LinkedHashMap<>();
        for (TargetPair pair : FreeRun.pairs(model, List.copyOf(kinds.keySet()))) {
            Set<MetricKind> own = EnumSet.noneOf(MetricKind.class);
            own.addAll(kinds.get(pair));
            own.retainAll(KINDS);
            if (!own.isEmpty()) {
                wanted.put(pair, own);
            }
        }
        return wanted.isEmpty()
                ? none()
                : new FreeFigures(
                        Optional.empty(),
                        List.copyOf(wanted.keySet()),
                        new MetricSet(wanted),
                        new FreeRun(model, parameters, options));
    }

    /** Whether a target is read by {@code previous}: what is measured of it otherwise is under teacher forcing. */
    static boolean isFed(Backend.Source model, TargetPair pair) {
        return model.feedback().stream()
                .anyMatch(f -> f.name().equals(pair.target().name()));
    }

    /** Names of the targets that are measured under teacher forcing. */
    static Set<String> forced(Backend.Source model) {
        return model.feedback().stream().map(f -> f.name()).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Ends sequences of tokens at a symbol, rather than where the true one ends: answers may then be longer or shorter.
     *
     * @param token the symbol of a target; empty where it has none of that name
     * @throws CommandFailure if no target that is decoded has such a symbol
     */
    FreeFigures stopping(String stop, BiFunction<PortSpec, String, OptionalInt> token) {
        for (TargetPair pair : pairs) {
            OptionalInt symbol = pair.task() == Task.CLASSES ? token.apply(pair.target(), stop) : OptionalInt.empty();
            symbol.ifPresent(end -> stopped.put(pair, new EditDistance(end)));
        }
        if (stopped.isEmpty()) {
            throw CommandFailure.usage(
                    "--stop '" + stop + "': "
                            + obstacle.orElse(
                                    pairs.isEmpty()
                                            ? "nothing is measured of sequences that the model makes itself"
                                            : "no target that the model decodes has such a symbol; give one of its symbols, or the number of its token"));
        }
        return this;
    }

    /**
     * Runs over the inputs of a program's last run.
     *
     * @param from the first sequence that counts
     * @return what the model made, by target; empty where nothing is measured
     */
    Map<TargetPair, Outcomes> observe(Program program, int steps, int from) {
        if (run == null) {
            return Map.of();
        }
        boolean open = !stopped.isEmpty() && run.openEnded();
        Map<TargetPair, Outcomes> outcomes =
                run.run(program, steps, open ? program.spec().steps() : steps, from, pairs);
        outcomes.forEach((pair, of) -> {
            if (stopped.containsKey(pair)) {
                stopped.get(pair).add(of);
            } else {
                metrics.add(pair, of);
            }
        });
        return outcomes;
    }

    /** All figures, by target. */
    SequencedMap<PortSpec, List<Figure>> figures() {
        SequencedMap<PortSpec, List<Figure>> figures = metrics.figures();
        stopped.forEach((pair, metric) -> figures.put(pair.target(), metric.figures()));
        return figures;
    }

    /** Why nothing could be measured, though it was asked for. */
    Optional<String> obstacle() {
        return obstacle;
    }

    @Override
    public void close() {
        if (run != null) {
            run.close();
        }
    }
}
