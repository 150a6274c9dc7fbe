package dev.rnnc.cli;

import dev.rnnc.cli.report.EventFile;
import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.train.Checkpoint;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.FlightRecorder;
import dev.rnnc.runtime.train.GradientFlow;
import dev.rnnc.runtime.train.StepResult;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.train.TrainingListeners;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Follows a training and leaves what {@link ReportOptions} ask for: a page, the gradient flow, event files. The JDK's
 * flight recorder always hears of it.
 */
final class RunReport implements TrainingListener, AutoCloseable {
    private static final String FLOW_LOG = "gradient-flow.jsonl";
    private static final String FLOW_PICTURE = "gradient-flow.svg";
    private static final String PAGE = "report.html";

    private final ReportOptions options;
    private final RunFolder folder;
    private final RunPage page;
    private final EventFile events;
    private TrainingRun run;
    private final GradientFlow flow = new GradientFlow();
    /** The gradient flow of complete epochs, also of those before this training went on from a checkpoint. */
    private final List<GradientFlow.Epoch> flows = new ArrayList<>();
    /** Whether the flow's log may hold epochs from after the checkpoint, which are made again. */
    private boolean resumed;

    private boolean pictureFailed;

    private final List<EpochResult> epochs = new ArrayList<>();
    private long steps;
    private long since = System.nanoTime();
    private boolean finished;

    /**
     * Starts to follow.
     *
     * @param page what the page tells of the run apart from its course
     * @throws CommandFailure if the folder for event files cannot be written to
     */
    RunReport(ReportOptions options, RunFolder folder, RunPage page) {
        this.options = options;
        this.folder = folder;
        this.page = page;
        this.events = options.tensorboard() == null ? null : open(options);
    }

    private static EventFile open(ReportOptions options) {
        try {
            return EventFile.create(options.tensorboard(), System.currentTimeMillis());
        } catch (IOException e) {
            throw InputFile.failure("cannot write event files to", options.tensorboard(), e);
        }
    }

    /** A listener for the trainer, which first tells {@code first}. */
    TrainingListener with(TrainingRun first) {
        run = first;
        List<TrainingListener> all = new ArrayList<>(List.of(first));
        if (options.gradientFlow()) {
            all.add(flow);
        }
        all.add(new FlightRecorder());
        all.add(this);
        return TrainingListeners.of(all);
    }

    /** Goes on behind the epochs that were complete at a checkpoint. */
    void resume(Checkpoint checkpoint) {
        epochs.addAll(checkpoint.epochs());
        if (options.gradientFlow()) {
            flows.addAll(FlowLog.read(folder.resolve(FLOW_LOG), epochs.size()));
            resumed = true;
        }
    }

    @Override
    public void stepEnded(StepResult step) {
        steps++;
        if (events != null) {
            long now = System.nanoTime();
            Map<String, Double> scalars = new LinkedHashMap<>();
            scalars.put("step/loss", step.loss());
            scalars.put("step/gradient_norm", step.gradientNorm());
            scalars.put("step/targets_per_second", step.elements() / Math.max(1e-9, (now - since) * 1e-9));
            since = now;
            write(scalars);
        }
    }

    @Override
    public void epochEnded(EpochResult epoch) {
        epochs.add(epoch);
        if (options.gradientFlow()) {
            if (resumed) {
                folder.keepLines(FLOW_LOG, flows.size());
                resumed = false;
            }
            GradientFlow.Epoch last = flow.epochs().getLast();
            flows.add(last);
            folder.append(FLOW_LOG, FlowLog.line(last));
            drawFlow();
        }
        if (events != null) {
            Map<String, Double> scalars = new LinkedHashMap<>();
            scalars.put("epoch/training_loss", epoch.trainLoss());
            if (!Double.isNaN(epoch.validationLoss())) {
                scalars.put("epoch/validation_loss", epoch.validationLoss());
            }
            run.figures()
                    .forEach((target, figures) -> figures.forEach(figure -> {
                        if (figure instanceof Figure.Number number && Double.isFinite(number.value())) {
                            scalars.put("epoch/" + target.name() + "/" + number.name(), number.value());
                        }
                    }));
            scalars.put("epoch/clip_rate", epoch.clipRate());
            scalars.put("epoch/targets_per_second", epoch.elementsPerSecond());
            if (options.gradientFlow()) {
                for (GradientFlow.Curve curve : flow.epochs().getLast().curves()) {
                    scalars.put(
                            "gradient_flow/" + curve.state() + "/first_step",
                            curve.norms().getFirst());
                    scalars.put(
                            "gradient_flow/" + curve.state() + "/last_step",
                            curve.norms().getLast());
                }
            }
            write(scalars);
        }
        since = System.nanoTime();
    }

    /** A training is worth more than its picture, so one that cannot be written is told of once. */
    private void drawFlow() {
        List<LineChart> charts = FlowLog.charts(flows);
        if (charts.isEmpty() || pictureFailed) {
            return;
        }
        try {
            folder.write(FLOW_PICTURE, LineChart.svg(charts));
        } catch (CommandFailure e) {
            pictureFailed = true;
            run.warn("no " + FLOW_PICTURE + ": " + e.getMessage());
        }
    }

    private void write(Map<String, Double> scalars) {
        try {
            events.scalars(System.currentTimeMillis() * 1e-3, steps, scalars);
        } catch (IOException e) {
            throw InputFile.failure("cannot write event files to", options.tensorboard(), e);
        }
    }

    /** Whether there will be a page. */
    boolean wanted() {
        return options.report();
    }

    /** Writes the page, if one was asked for; {@code sections} come after the curves. */
    void finish(List<ReportSection> sections) {
        finished = true;
        if (options.report()) {
            List<LineChart> metrics = MetricCurves.charts(
                    folder.resolve(TrainingRun.LOG), page.data().unit(), epochs);
            folder.write(PAGE, page.html(epochs, metrics, flows, sections));
        }
    }

    /** Ends the event file; a training that failed gets its page too, which may say why. */
    @Override
    public void close() {
        if (!finished) {
            finish(List.of());
        }
        if (events != null) {
            try {
                events.close();
            } catch (IOException e) {
                throw InputFile.failure("cannot write event files to", options.tensorboard(), e);
            }
        }
    }
}
