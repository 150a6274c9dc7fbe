package dev.rnnc.cli;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.metrics.MetricKind;
import dev.rnnc.runtime.metrics.MetricSet;
import dev.rnnc.runtime.metrics.Outcomes;
import dev.rnnc.runtime.metrics.TargetPair;
import dev.rnnc.runtime.metrics.Task;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Runs a trained model over the validation data once more and tells what it answers. */
final class ValidationReport {
    private final Backend.Source source;
    private final TrainingData data;
    private final SequencedMap<TargetPair, Set<MetricKind>> kinds = new LinkedHashMap<>();
    private final Map<TargetPair, AnswerSection> answers = new LinkedHashMap<>();
    private final MetricSet metrics;
    private double lossSum;
    private long targets;

    private ValidationReport(Backend.Source source, TrainingData data, BatchSource batches) {
        this.source = source;
        this.data = data;
        for (TargetPair pair : TargetPairs.of(source)) {
            Set<MetricKind> wanted = EnumSet.noneOf(MetricKind.class);
            wanted.addAll(TargetPairs.defaults(source, pair));
            if (data.unit().perplexity()) {
                // The loss says these.
                wanted.removeAll(Set.of(MetricKind.PERPLEXITY, MetricKind.BITS));
                wanted.remove(MetricKind.EDIT_DISTANCE);
            }
            if (wanted.contains(MetricKind.F1)) {
                wanted.add(MetricKind.CONFUSION);
            }
            kinds.put(pair, wanted);
            answers.put(
                    pair,
                    switch (pair.task()) {
                        case REALS -> new NumberAnswers(pair, data, batches.elements());
                        case BINARY -> new ClassAnswers(pair, data);
                        case CLASSES ->
                            pair.target().rows() == Rows.SEQUENCE
                                    ? new SequenceAnswers(
                                            pair, data, batches.windows(), FreeFigures.isFed(source, pair))
                                    : new ClassAnswers(pair, data);
                    });
        }
        this.metrics = new MetricSet(kinds);
    }

    /**
     * Measures the validation data.
     *
     * @param compiled holds {@link ProgramKind#EVALUATION}
     * @param best the weights to measure
     * @param epoch whose weights they are
     * @param options how programs are compiled
     * @return the figures, and then for each target what was answered
     */
    static List<ReportSection> sections(
            Backend.Source source,
            CompiledModel compiled,
            Parameters best,
            TrainingData data,
            TrainSettings settings,
            int epoch,
            CompileOptions options) {
        BatchSource batches = data.validation(settings);
        ValidationReport report = new ValidationReport(source, data, batches);
        try (Program program = compiled.newProgram(ProgramKind.EVALUATION, best);
                FreeFigures free = data.unit().perplexity()
                        ? FreeFigures.none()
                        : FreeFigures.of(source, report.kinds, best, options)) {
            report.run(program, batches, settings, free);
            return report.sections(epoch, free);
        }
    }

    private void run(Program program, BatchSource batches, TrainSettings settings, FreeFigures free) {
        program.refresh();
        for (int window = 0; window < batches.windows(); window++) {
            int steps = batches.load(window, program);
            if (!settings.stateful() || batches.startsSequence(window)) {
                program.resetStates();
            }
            program.run(steps);
            lossSum += program.loss() * batches.elements(window);
            targets += batches.elements(window);
            int from = batches.repeated(window);
            Map<TargetPair, Outcomes> made = free.observe(program, steps, from);
            for (TargetPair pair : kinds.keySet()) {
                Outcomes outcomes = pair.outcomes(program, steps, from);
                metrics.add(pair, outcomes);
                answers.get(pair).add(outcomes, made.get(pair));
            }
        }
    }

    private List<ReportSection> sections(int epoch, FreeFigures free) {
        SequencedMap<PortSpec, List<Figure>> figures = metrics.figures();
        List<ReportSection> sections = new ArrayList<>();
        sections.add(page -> {
            page.heading("Validation with the best weights");
            page.paragraph("All validation data, with the weights of epoch %d.".formatted(epoch));
            page.table("llr", List.of("target", "figure", "value"), rows(figures, free));
            free.obstacle().ifPresent(reason -> page.paragraph("Free running was not measured: " + reason + "."));
        });
        answers.forEach((pair, answer) -> sections.add(page -> answer.write(page, figures.get(pair.target()))));
        return sections;
    }

    private List<List<String>> rows(SequencedMap<PortSpec, List<Figure>> figures, FreeFigures free) {
        double loss = lossSum / targets;
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("", data.unit().loss(), Numbers.loss(loss)));
        if (data.unit().perplexity()) {
            rows.add(List.of("", "perplexity", Numbers.twoDecimals(Math.exp(loss))));
            rows.add(List.of("", "bits per " + data.unit().one(), Numbers.loss(loss / Math.log(2))));
        }
        Set<String> forced = FreeFigures.forced(source);
        figures.forEach((target, all) -> rows.addAll(
                rows(forced.contains(target.name()) ? target.name() + ", teacher forcing" : target.name(), all)));
        free.figures().forEach((target, all) -> rows.addAll(rows(target.name() + ", free running", all)));
        if (kinds.keySet().stream().anyMatch(pair -> pair.task() == Task.REALS)) {
            rows.add(List.of("", "errors are of numbers as the model sees them", ""));
        }
        return rows;
    }

    private static List<List<String>> rows(String target, List<Figure> figures) {
        return figures.stream()
                .filter(Figure.Number.class::isInstance)
                .map(Figure.Number.class::cast)
                .map(number -> List.of(target, number.name().replace('_', ' '), FigureText.value(number)))
                .toList();
    }
}
