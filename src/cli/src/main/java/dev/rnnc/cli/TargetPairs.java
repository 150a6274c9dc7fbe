package dev.rnnc.cli;

import dev.rnnc.compiler.driver.LossCall;
import dev.rnnc.runtime.metrics.MetricKind;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.metrics.Task;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds for each target the output that is to meet it, and what is sensible to measure. */
final class TargetPairs {
    /** The most classes whose table of answers can still be read. */
    private static final int LARGEST_TABLE = 20;

    private static final Set<String> OF_SCORES = Set.of("crossentropy", "weighted_crossentropy");
    private static final String OF_PROBABILITIES = "bce";

    private final Backend.Source model;
    private final List<LossCall> calls;

    private TargetPairs(Backend.Source model) {
        this.model = model;
        this.calls = model.lossCalls();
    }

    /** The pairs of a model: as its loss names them, else the first output of the target's form. */
    static List<TargetPair> of(Backend.Source model) {
        TargetPairs pairs = new TargetPairs(model);
        List<TargetPair> found = new ArrayList<>();
        for (PortSpec target : model.spec().ports(Role.TARGET)) {
            pairs.output(target)
                    .ifPresent(output ->
                            found.add(new TargetPair(output, target, pairs.task(output, target), pairs.met(target))));
        }
        return found;
    }

    /**
     * What is measured unless the user says otherwise: of symbols that a model reads too how well it foretells them, of
     * few classes how they are confused, of numbers how far they are off.
     */
    static Set<MetricKind> defaults(Backend.Source model, TargetPair pair) {
        return switch (pair.task()) {
            case REALS -> EnumSet.of(MetricKind.MAE, MetricKind.RMSE);
            case BINARY -> EnumSet.of(MetricKind.ACCURACY, MetricKind.F1, MetricKind.CONFUSION);
            case CLASSES -> {
                PortSpec target = pair.target();
                boolean fed = model.feedback().stream().anyMatch(f -> f.name().equals(target.name()));
                if (fed || readsSymbols(model, target)) {
                    Set<MetricKind> kinds = EnumSet.of(MetricKind.ACCURACY);
                    if (calledWith(model.lossCalls(), pair, OF_SCORES)) {
                        kinds.addAll(Set.of(MetricKind.PERPLEXITY, MetricKind.BITS));
                    }
                    if (fed) {
                        kinds.add(MetricKind.EDIT_DISTANCE);
                    }
                    yield kinds;
                }
                yield target.vocabulary() <= LARGEST_TABLE
                        ? EnumSet.of(MetricKind.ACCURACY, MetricKind.F1, MetricKind.CONFUSION)
                        : EnumSet.of(MetricKind.ACCURACY, MetricKind.F1);
            }
        };
    }

    private static boolean readsSymbols(Backend.Source model, PortSpec target) {
        return target.rows() == Rows.SEQUENCE
                && model.spec().ports(Role.INPUT).stream()
                        .anyMatch(input -> input.element() == Element.TOKEN
                                && input.rows() == Rows.SEQUENCE
                                && input.vocabulary() == target.vocabulary());
    }

    private static boolean calledWith(List<LossCall> calls, TargetPair pair, Set<String> functions) {
        return calls.stream()
                .anyMatch(call -> functions.contains(call.function())
                        && call.prediction().equals(pair.output().name())
                        && call.target().equals(pair.target().name()));
    }

    private Optional<PortSpec> output(PortSpec target) {
        List<PortSpec> fitting = model.spec().ports(Role.OUTPUT).stream()
                .filter(output -> fits(output, target))
                .toList();
        Optional<PortSpec> named = fitting.stream()
                .filter(output -> calls.stream()
                        .anyMatch(call -> call.target().equals(target.name())
                                && call.prediction().equals(output.name())))
                .findFirst();
        return named.isPresent() ? named : fitting.stream().findFirst();
    }

    private static boolean fits(PortSpec output, PortSpec target) {
        List<Integer> shape = target.element() == Element.TOKEN ? List.of(target.vocabulary()) : target.shape();
        return output.element() == Element.REAL
                && output.rows() == target.rows()
                && output.shape().equals(shape);
    }

    private Task task(PortSpec output, PortSpec target) {
        if (target.element() == Element.TOKEN) {
            return Task.CLASSES;
        }
        TargetPair pair = new TargetPair(output, target, Task.REALS, Set.of());
        return calledWith(calls, pair, Set.of(OF_PROBABILITIES)) ? Task.BINARY : Task.REALS;
    }

    /** The inputs and targets that a target meets, itself included: its sequences are as short as theirs. */
    private Set<String> met(PortSpec target) {
        Set<String> met = new TreeSet<>(Set.of(target.name()));
        model.sequences().together().stream()
                .filter(names -> names.contains(target.name()))
                .forEach(met::addAll);
        return met;
    }
}
