package dev.rnnc.cli;

import dev.rnnc.runtime.metrics.MetricKind;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.spec.PortSpec;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** {@code --metrics} and {@code --predictions} of {@code eval}. */
final class MetricOptions {
    @Option(
            names = "--metrics",
            split = ",",
            paramLabel = "M",
            description = "What to measure besides the loss: accuracy, f1, confusion, perplexity, bits, mae, rmse,"
                    + " edit-distance; by default what the targets ask for. docs/metrics.md says what each is.")
    private List<String> names;

    @Option(
            names = "--predictions",
            paramLabel = "F",
            description = "Write each answer beside its target to this file (.csv).")
    private Path predictions;

    @Option(
            names = "--stop",
            paramLabel = "S",
            description = "The symbol, or without symbols the number of the token, that ends a sequence where the model"
                    + " feeds itself: decoded and true sequence are compared up to it. Without it as many steps are"
                    + " decoded as the true sequence has.")
    private String stop;

    /** Lets sequences end where the user says, in the symbols of the data. */
    FreeFigures stopping(FreeFigures free, BiFunction<PortSpec, String, OptionalInt> symbols) {
        return stop == null
                ? free
                : free.stopping(stop, (target, symbol) -> {
                    OptionalInt known = symbols.apply(target, symbol);
                    boolean number = symbol.matches("[0-9]{1,9}") && Integer.parseInt(symbol) < target.vocabulary();
                    return known.isEmpty() && number ? OptionalInt.of(Integer.parseInt(symbol)) : known;
                });
    }

    /** Whether the user says what to measure. */
    boolean areGiven() {
        return names != null;
    }

    /**
     * Makes ready to measure.
     *
     * @param pairs the targets and their outputs
     * @param words what tokens and numbers are called in the data
     * @param free what to measure where the model feeds itself, told what is measured of each target
     * @throws CommandFailure if a metric is unknown or measures no target of the model, or the file cannot be written
     */
    Scoring scoring(
            Backend.Source model,
            List<TargetPair> pairs,
            AnswerWords words,
            Function<SequencedMap<TargetPair, Set<MetricKind>>, FreeFigures> free) {
        Set<MetricKind> wanted = kinds();
        SequencedMap<TargetPair, Set<MetricKind>> kinds = new LinkedHashMap<>();
        pairs.forEach(pair -> kinds.put(pair, names == null ? TargetPairs.defaults(model, pair) : wanted));
        for (MetricKind kind : wanted) {
            if (pairs.stream().noneMatch(pair -> kind.measures(pair.task()))) {
                throw CommandFailure.job("--metrics %s: model %s has no target that it measures; %s"
                        .formatted(
                                kind.word(),
                                model.spec().name(),
                                pairs.isEmpty()
                                        ? "none of its outputs has the form of a target"
                                        : "its targets are measured by " + measures(pairs)));
            }
        }
        if (predictions != null && pairs.isEmpty()) {
            throw CommandFailure.job("--predictions: no output of model "
                    + model.spec().name() + " has the form of a target; name the prediction with 'output'");
        }
        return new Scoring(
                pairs,
                new MetricSet(kinds),
                predictions == null ? Optional.empty() : Optional.of(new PredictionFile(predictions, words)),
                free.apply(kinds),
                FreeFigures.forced(model),
                words);
    }

    private Set<MetricKind> kinds() {
        Set<MetricKind> kinds = EnumSet.noneOf(MetricKind.class);
        for (String name : names == null ? List.<String>of() : names) {
            kinds.add(Arrays.stream(MetricKind.values())
                    .filter(kind -> kind.word().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> CommandFailure.usage("--metrics: there is no '" + name.strip() + "'; there are "
                            + words(EnumSet.allOf(MetricKind.class)))));
        }
        return kinds;
    }

    private static String measures(List<TargetPair> pairs) {
        return words(EnumSet.allOf(MetricKind.class).stream()
                .filter(kind -> pairs.stream().anyMatch(pair -> kind.measures(pair.task())))
                .collect(Collectors.toSet()));
    }

    private static String words(Set<MetricKind> kinds) {
        return kinds.stream().sorted().map(MetricKind::word).collect(Collectors.joining(", "));
    }
}
