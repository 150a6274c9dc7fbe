package dev.rnnc.cli;

import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.GradientFlow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The page on a run.
 *
 * @param source the model
 * @param data what it was trained on
 * @param settings with which settings
 * @param command the command line
 */
record RunPage(Backend.Source source, TrainingData data, TrainSettings settings, List<String> command) {
    RunPage {
        command = List.copyOf(command);
    }

    /**
     * The page.
     *
     * @param epochs the complete epochs
     * @param metrics their metrics
     * @param flow their gradient flow; empty where it was not recorded
     * @param sections more to tell, after the curves
     */
    String html(
            List<EpochResult> epochs,
            List<LineChart> metrics,
            List<GradientFlow.Epoch> flow,
            List<ReportSection> sections) {
        HtmlPage page = new HtmlPage(source.spec().name() + " on " + data.name());
        page.paragraph(data.description() + ".");
        course(page, epochs);
        if (!metrics.isEmpty()) {
            page.picture("Metrics by epoch", LineChart.svg(metrics));
        }
        flow(page, flow);
        sections.forEach(section -> section.write(page));
        page.heading("Model").picture("The model, unrolled over time", source.picture());
        surroundings(page);
        return page.toString();
    }

    private void course(HtmlPage page, List<EpochResult> epochs) {
        page.heading("Course");
        if (epochs.isEmpty()) {
            page.paragraph("No epoch was complete.");
            return;
        }
        page.picture(
                "Loss and gradient norm by epoch",
                LineChart.svg(List.of(
                        new LineChart(
                                "Loss",
                                "epoch",
                                data.unit().loss(),
                                1,
                                false,
                                List.of(
                                        curve("training", 0, epochs, EpochResult::trainLoss),
                                        curve("validation", 1, epochs, EpochResult::validationLoss))),
                        new LineChart(
                                "Gradients",
                                "epoch",
                                "norm before clipping; share clipped",
                                1,
                                false,
                                List.of(
                                        curve("mean norm", 0, epochs, EpochResult::gradientNorm),
                                        curve("clip rate", 1, epochs, EpochResult::clipRate))))));
        epochs.stream()
                .filter(e -> !Double.isNaN(e.validationLoss()))
                .min(Comparator.comparingDouble(EpochResult::validationLoss))
                .ifPresent(best -> page.paragraph("Best validation loss %s, in epoch %d of %d."
                        .formatted(Numbers.loss(best.validationLoss()), best.epoch(), epochs.size())));
        List<List<String>> rows = epochs.stream()
                .map(e -> List.of(
                        Integer.toString(e.epoch()),
                        Numbers.loss(e.trainLoss()),
                        Numbers.loss(e.validationLoss()),
                        Numbers.loss(e.gradientNorm()),
                        String.format(Locale.ROOT, "%.0f %%", 100 * e.clipRate()),
                        Numbers.grouped(Math.round(e.elementsPerSecond())) + " "
                                + data.unit().rate(),
                        Numbers.clock(e.seconds())))
                .toList();
        page.table(
                "rrrrrrr",
                List.of("epoch", "training", "validation", "gradient norm", "clipped", "speed", "time"),
                rows);
    }

    private static LineChart.Curve curve(
            String name, int color, List<EpochResult> epochs, ToDoubleFunction<EpochResult> value) {
        return new LineChart.Curve(
                name, color, false, epochs.stream().mapToDouble(value).boxed().toList());
    }

    private static void flow(HtmlPage page, List<GradientFlow.Epoch> flow) {
        List<LineChart> charts = FlowLog.charts(flow);
        if (charts.isEmpty()) {
            return;
        }
        page.heading("Gradient flow")
                .picture("Norm of the gradient of each recurrent state by time step", LineChart.svg(charts))
                .paragraph(
                        "The L2 norm of dL/dh(t) over all rows of a batch and all units, mean over the epoch's updates."
                                + " 'rnnc gradients' says what it means.")
                .table(
                        "llrrr",
                        List.of("activation", "function", "units", "dead", "saturated"),
                        FlowReport.units(flow.getLast().units()));
    }

    private void surroundings(HtmlPage page) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("command", "rnnc " + String.join(" ", command)));
        rows.add(List.of("model digest", source.spec().digest()));
        rows.add(List.of("parameters", Numbers.grouped(ModelReport.elements(source.spec()))));
        rows.add(List.of("steps x batch", settings.steps() + " x " + settings.batch()));
        rows.add(List.of("optimizer", settings.optimizer().toString()));
        rows.add(List.of("clip", settings.clip().toString()));
        rows.add(List.of("seed", Long.toString(settings.seed())));
        rows.add(List.of("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version")));
        rows.add(List.of(
                "machine",
                "%s %s, %d processors"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"),
                                Runtime.getRuntime().availableProcessors())));
        rows.add(List.of("lanes", Lanes.description()));
        page.heading("Surroundings").table("ll", List.of(), rows);
    }
}
