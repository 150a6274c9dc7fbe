package dev.rnnc.cli;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.metrics.Figure;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.train.Checkpoint;
import dev.rnnc.runtime.train.EpochResult;
import dev.rnnc.runtime.train.StepResult;
import dev.rnnc.runtime.train.TrainingListener;
import dev.rnnc.runtime.weights.WeightFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Tells of a training while it runs and keeps its folder complete after every epoch: the best weights, the log and the
 * picture of the losses.
 */
final class TrainingRun implements TrainingListener, AutoCloseable {
    /** The weights with the lowest validation loss. */
    static final String WEIGHTS = "weights.safetensors";

    /** The weights of an interrupted training's last step. */
    static final String LAST_WEIGHTS = "last.safetensors";

    /** A line for each epoch. */
    static final String LOG = "log.jsonl";

    private static final String CHART = "losses.png";

    private final RunFolder folder;
    private final Parameters parameters;
    private final TrainingData data;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean progress;

    private final List<Double> trainingLosses = new ArrayList<>();
    private final List<Double> validationLosses = new ArrayList<>();
    private int epochs;
    private int bestEpoch;
    private boolean chartFailed;
    /** Whether the log may hold epochs from after the checkpoint, which are made again. */
    private boolean resumed;

    private ProgressLine line;
    private EpochMetrics metrics = EpochMetrics.none();
    private Map<PortSpec, List<Figure>> figures = Map.of();

    /**
     * Starts to tell.
     *
     * @param parameters the parameters that are trained
     * @param data what they are trained on
     * @param progress whether to draw a progress line on {@code err}
     */
    TrainingRun(
            RunFolder folder,
            Parameters parameters,
            TrainingData data,
            PrintWriter out,
            PrintWriter err,
            boolean progress) {
        this.folder = folder;
        this.parameters = parameters;
        this.data = data;
        this.out = out;
        this.err = err;
        this.progress = progress;
    }

    /** Goes on behind the epochs that were complete at a checkpoint. */
    void resume(Checkpoint checkpoint) {
        for (EpochResult result : checkpoint.epochs()) {
            boolean best = bestEpoch == 0 || result.validationLoss() < validationLosses.get(bestEpoch - 1);
            trainingLosses.add(result.trainLoss());
            validationLosses.add(result.validationLoss());
            bestEpoch = best ? result.epoch() : bestEpoch;
        }
        resumed = true;
        out.println("going on from " + checkpoint.name() + ": epoch " + checkpoint.epoch() + ", step "
                + (checkpoint.step() + 1));
        out.flush();
    }

    @Override
    public void stepLost(String reason, double rate) {
        warn(reason + "; going on without that step, at learning rate " + rate);
    }

    @Override
    public void stepEnded(StepResult step) {
        epochs = step.epochs();
        if (progress) {
            if (line == null) {
                line = new ProgressLine(
                        err,
                        step.epoch(),
                        step.epochs(),
                        step.steps(),
                        step.elements(),
                        data.unit().rate());
            }
            line.update(step.step(), step.loss());
        }
    }

    /** Measures the validation data after each epoch. */
    void measure(EpochMetrics wanted) {
        metrics = wanted;
    }

    @Override
    public void validated(Program program, int steps, int repeated) {
        metrics.observe(program, steps, repeated);
    }

    @Override
    public void epochEnded(EpochResult result) {
        clearProgress();
        if (resumed) {
            folder.keepLines(LOG, trainingLosses.size());
            resumed = false;
        }
        boolean best = bestEpoch == 0 || result.validationLoss() < validationLosses.get(bestEpoch - 1);
        trainingLosses.add(result.trainLoss());
        validationLosses.add(result.validationLoss());
        if (best) {
            bestEpoch = result.epoch();
            save(WEIGHTS, result.epoch(), String.format(Locale.ROOT, "%.6f", result.validationLoss()));
        }
        figures = metrics.finish();
        folder.append(LOG, EpochLine.json(result, best, data.unit(), figures));
        drawChart();
        out.println(EpochLine.text(result, epochs, best, data.unit(), figures));
        out.flush();
    }

    /** Saves what an interrupted training has: its last weights, as the run's weights if no epoch was complete. */
    Path saveInterrupted() {
        String name = bestEpoch == 0 ? WEIGHTS : LAST_WEIGHTS;
        save(name, trainingLosses.size() + 1, "unknown");
        return folder.resolve(name);
    }

    /** What was measured of the validation data after the last epoch, by target. */
    Map<PortSpec, List<Figure>> figures() {
        return figures;
    }

    /** The epoch with the lowest validation loss; 0 before one is complete. */
    int bestEpoch() {
        return bestEpoch;
    }

    /** The lowest validation loss. */
    double bestLoss() {
        return validationLosses.get(bestEpoch - 1);
    }

    @Override
    public void close() {
        clearProgress();
    }

    /** Takes the progress line off the screen. */
    void clearProgress() {
        if (line != null) {
            line.close();
            line = null;
        }
    }

    private void save(String name, int epoch, String validationLoss) {
        ModelSpec model = parameters.spec();
        Map<String, String> metadata = Map.of(
                "model", model.name(),
                "digest", model.digest(),
                "text", data.name(),
                "epoch", Integer.toString(epoch),
                "validation_loss", validationLoss);
        try {
            WeightFile.save(parameters, folder.resolve(name), metadata);
        } catch (IOException e) {
            throw InputFile.failure("cannot write", folder.resolve(name), e);
        }
    }

    /** A training is worth more than its picture, so a JVM that cannot draw is told of once. */
    private void drawChart() {
        if (chartFailed) {
            return;
        }
        try {
            String title = parameters.spec().name() + " on " + data.name();
            folder.write(
                    CHART,
                    LossChart.png(
                            title, trainingLosses, validationLosses, data.unit().loss()));
        } catch (IOException | CommandFailure e) {
            chartFailed = true;
            warn("no " + CHART + ": " + e.getMessage());
        }
    }

    /** Tells of something that training goes on without. */
    void warn(String message) {
        clearProgress();
        err.println("warning: " + message);
        err.flush();
    }
}
