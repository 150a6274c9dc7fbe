package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;

/**
 * The training loop. In each epoch it visits every window of the training data once, in order if the model is stateful
 * and shuffled if not; then it measures the validation loss. The same seed, data and settings give the same bits, whatever
 * the number of threads, and however often training was interrupted and went on from a checkpoint. A trainer trains once,
 * on the thread that calls {@link #run}, which others may help.
 */
public final class Trainer {
    /** Windows in a row that may be left out, and returns to a safe point, before training ends all the same. */
    private static final int MOST_LOST = 100;

    private static final int MOST_ROLLBACKS = 20;

    private final CompiledModel model;
    private final ModelSpec spec;
    private final Parameters parameters;
    private final TrainSettings settings;
    private final BatchSource training;
    private final BatchSource validation;
    private final TrainingListener listener;
    private final Optimizer optimizer;
    private final LearningRate rate;
    private final Parameters best;
    private final Progress progress = new Progress();

    private Checkpoints checkpoints;
    private Checkpoint resumed;
    private NonFinitePolicy policy = NonFinitePolicy.STOP;
    private NonFiniteWitness witness = NonFiniteWitness.NONE;
    private TrainingState state;
    private Snapshot snapshot;
    private double lastLoss;
    private boolean started;
    private volatile boolean stopRequested;

    /**
     * A trainer.
     *
     * @param model must hold the programs {@link ProgramKind#TRAINING} and, with validation data, {@link
     *     ProgramKind#EVALUATION}
     * @param parameters the first values; changed by the training
     * @param settings usually the model's own, {@code model.spec().train()}
     * @param validation data for the validation loss, or null
     * @throws IllegalArgumentException if the parameters are another model's or hold a value that is not finite, or a
     *     source is empty
     */
    public Trainer(
            CompiledModel model,
            Parameters parameters,
            TrainSettings settings,
            BatchSource training,
            BatchSource validation,
            TrainingListener listener) {
        if (settings == null) {
            throw new IllegalArgumentException(
                    "model " + model.spec().name() + " has no train {} block; add one, or give settings");
        }
        this.model = model;
        this.spec = model.spec();
        this.parameters = parameters;
        this.settings = settings;
        this.training = training;
        this.validation = validation;
        this.listener = listener;
        this.best = new Parameters(spec);
        best.copyFrom(parameters);
        if (training.windows() < 1 || (validation != null && validation.windows() < 1)) {
            throw new IllegalArgumentException("there are no data for one window; give more data");
        }
        parameters.firstNonFinite().ifPresent(element -> {
            throw new IllegalArgumentException("before training " + element + "; start from sound weights");
        });
        if (settings.loop().patience() > 0 && validation == null) {
            throw new IllegalArgumentException(
                    "'patience' waits for a better validation loss, and there are no validation data; give some");
        }
        GradientClip.check(settings.clip());
        this.optimizer = Optimizer.create(settings.optimizer(), spec);
        this.rate =
                new LearningRate(settings.optimizer().rate(), settings.loop().schedules());
    }

    /** Writes checkpoints: at the end of each epoch, where training is stopped, and as often as they say. */
    public Trainer checkpoints(Checkpoints folder) {
        this.checkpoints = folder;
        return this;
    }

    /** Goes on from a checkpoint; {@link #run} checks that it fits. */
    public Trainer resume(Checkpoint checkpoint) {
        this.resumed = checkpoint;
        return this;
    }

    /** What to do where a value is not finite; without it training stops there. */
    public Trainer onNonFinite(NonFinitePolicy choice) {
        this.policy = choice;
        return this;
    }

    /** Who finds out where a value that is not finite came from; without it the first bad gradient is named alone. */
    public Trainer witness(NonFiniteWitness asked) {
        this.witness = asked;
        return this;
    }

    /**
     * Trains for the number of epochs of the settings, or until {@link #stop}, or until the validation loss has not become
     * better for as many epochs as the settings have patience.
     *
     * @throws NonFiniteException at the first loss, gradient or parameter that is not finite, where that is what training
     *     shall do; the parameters are then those from before that step
     * @throws CheckpointException if a checkpoint cannot be written, or the one to go on from is of another training
     * @throws IllegalArgumentException if the compiled training program does not fit the settings
     * @throws UntrainableLossException if the settings train on parts of a batch, or several together, and the loss is no sum
     *     of means and sums over rows
     */
    public TrainingResult run() {
        if (started) {
            throw new IllegalStateException("a trainer trains once; make another one");
        }
        started = true;
        try (Shards shards = new Shards(model, parameters, settings);
                Validation check = Validation.of(model, parameters, settings, validation, listener, shards.workers())) {
            if ((long) settings.epochs() * training.windows() >= WarmUp.WORTHWHILE) {
                WarmUp.run(shards.programs().getFirst());
            }
            GradientStep step =
                    new GradientStep(parameters, settings, shards, optimizer, rate, progress, listener, witness);
            if (checkpoints != null || resumed != null) {
                state = new TrainingState(
                        settings, parameters, best, optimizer, rate, progress, shards, step.pending(), data(shards));
            }
            if (resumed != null) {
                state.restore(resumed);
                listener.resumeFrom(resumed.values());
            }
            if (policy == NonFinitePolicy.ROLLBACK) {
                snapshot = new Snapshot(parameters, optimizer);
            }
            while (progress.epoch <= settings.epochs() && !stopRequested && !outOfPatience()) {
                runEpoch(step, shards, check);
            }
        }
        return new TrainingResult(progress.results, progress.bestEpoch, stopRequested, outOfPatience());
    }

    /** Asks {@link #run} to return after the step it is making; from any thread. The parameters can then be saved. */
    public void stop() {
        stopRequested = true;
    }

    /** The parameters with the lowest validation loss so far; the current ones before there is a validation loss. */
    public Parameters best() {
        return progress.bestEpoch == 0 ? parameters : best;
    }

    /** The optimiser, to save its state or change its rate. */
    public Optimizer optimizer() {
        return optimizer;
    }

    private boolean outOfPatience() {
        int patience = settings.loop().patience();
        return patience > 0 && progress.epoch - 1 - progress.bestEpoch >= patience;
    }

    private void runEpoch(GradientStep gradients, Shards shards, Validation check) {
        long start = System.nanoTime();
        double earlier = progress.seconds;
        training.startEpoch(progress.epoch);
        int windows = training.windows();
        int[] order = WindowOrder.of(settings, progress.epoch, windows);
        while (progress.step < windows) {
            if (stopRequested) {
                progress.seconds = earlier + seconds(start);
                saveCheckpoint();
                return;
            }
            int window = order[progress.step];
            boolean made = step(gradients, shards, order);
            progress.step++;
            if (made) {
                listener.stepEnded(stepResult(window, windows));
            }
            if (checkpoints != null
                    && checkpoints.every() > 0
                    && progress.step % checkpoints.every() == 0
                    && progress.step < windows) {
                progress.seconds = earlier + seconds(start);
                saveCheckpoint();
            }
        }
        progress.seconds = earlier + seconds(start);
        double trained = progress.seconds;
        if (progress.elements == 0) {
            throw new NonFiniteException(progress.epoch, windows, -1, "no window of the epoch was left to train on");
        }
        double validationLoss = check == null ? Double.NaN : check.loss(progress.epoch, () -> stopRequested);
        if (stopRequested && check != null && Double.isNaN(validationLoss)) {
            saveCheckpoint();
            return;
        }
        if (validationLoss < progress.bestLoss) {
            progress.bestLoss = validationLoss;
            progress.bestEpoch = progress.epoch;
            best.copyFrom(parameters);
        }
        EpochResult result = new EpochResult(
                progress.epoch,
                progress.loss.value(),
                validationLoss,
                (double) progress.clipped / Math.max(1, progress.updates),
                progress.normSum / Math.max(1, progress.updates),
                earlier + seconds(start),
                progress.elements / trained);
        progress.results.add(result);
        rate.epochEnded(check == null ? result.trainLoss() : validationLoss);
        progress.nextEpoch();
        listener.epochEnded(result);
        saveCheckpoint();
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }

    private StepResult stepResult(int window, int windows) {
        return new StepResult(
                progress.epoch,
                settings.epochs(),
                progress.step,
                windows,
                lastLoss,
                progress.norm,
                training.elements(window));
    }

    /** Trains on one window; returns whether it was, rather than lost to a value that is not finite. */
    private boolean step(GradientStep gradients, Shards shards, int[] order) {
        try {
            LossSum loss = gradients.train(training, order, progress.step);
            lastLoss = loss.value();
            progress.loss.add(loss);
            progress.elements += training.elements(order[progress.step]);
            progress.lostInRow = 0;
            return true;
        } catch (NonFiniteException e) {
            progress.lostInRow++;
            switch (policy) {
                case STOP -> throw e;
                case SKIP -> {
                    if (progress.lostInRow >= Math.min(MOST_LOST, order.length)) {
                        throw e;
                    }
                }
                case ROLLBACK -> {
                    if (++progress.rollbacks > MOST_ROLLBACKS) {
                        throw e;
                    }
                    snapshot.restore();
                    rate.halve();
                    optimizer.rate(rate.at(progress.epoch, optimizer.steps() + 1));
                    progress.pending = 0;
                    progress.pendingRuns = 0;
                    progress.pendingCount = 0;
                    shards.parametersChanged();
                }
            }
            shards.resetStates();
            listener.stepLost(e.getMessage(), optimizer.rate());
            return false;
        }
    }

    private void saveCheckpoint() {
        if (snapshot != null) {
            snapshot.take();
        }
        if (checkpoints != null) {
            Checkpoint checkpoint = state.capture();
            listener.saveTo(checkpoint.values());
            checkpoints.write(checkpoint);
        }
    }

    private String data(Shards shards) {
        try (WindowBuffer buffer =
                new WindowBuffer(shards.programs().getFirst(), settings.steps(), settings.batch(), parameters)) {
            return "training " + DataFingerprint.of(training, buffer) + "; validation "
                    + DataFingerprint.of(validation, buffer);
        }
    }
}
