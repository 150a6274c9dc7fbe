package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.TrainSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * The training loop. In each epoch it visits every window of the training data once, in order if the model is stateful
 * and shuffled if not; then it measures the validation loss. The same seed, data and settings give the same bits. A
 * trainer trains once, on the thread that calls {@link #run}.
 */
public final class Trainer {
    private static final long DROPOUT = CounterRandom.stream("dropout");
    private static final long SHUFFLE = CounterRandom.stream("shuffle");

    private final CompiledModel model;
    private final ModelSpec spec;
    private final Parameters parameters;
    private final TrainSettings settings;
    private final BatchSource training;
    private final BatchSource validation;
    private final TrainingListener listener;
    private final Optimizer optimizer;
    private final Parameters best;
    /** The parameters before the step that is being made. */
    private final Parameters before;

    private final List<EpochResult> results = new ArrayList<>();
    private double bestLoss = Double.POSITIVE_INFINITY;
    private int bestEpoch;
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
        this.before = new Parameters(spec);
        this.best = new Parameters(spec);
        before.copyFrom(parameters);
        best.copyFrom(parameters);
        if (training.windows() < 1 || (validation != null && validation.windows() < 1)) {
            throw new IllegalArgumentException("there are no data for one window; give more data");
        }
        parameters.firstNonFinite().ifPresent(element -> {
            throw new IllegalArgumentException("before training " + element + "; start from sound weights");
        });
        if (spec.abi() != CompiledModel.ABI) {
            throw new IllegalArgumentException("model " + spec.name() + " was compiled for runtime contract "
                    + spec.abi() + ", but this runtime has " + CompiledModel.ABI + "; compile it again");
        }
        GradientClip.check(settings.clip());
        this.optimizer = Optimizer.create(settings.optimizer(), spec);
    }

    /**
     * Trains for the number of epochs of the settings, or until {@link #stop}.
     *
     * @throws NonFiniteException at the first loss, gradient or parameter that is not finite; the parameters are then
     *     those from before that step
     */
    public TrainingResult run() {
        if (started) {
            throw new IllegalStateException("a trainer trains once; make another one");
        }
        started = true;
        try (Program program = model.newProgram(ProgramKind.TRAINING, parameters);
                Program evaluation = validation == null ? null : model.newProgram(ProgramKind.EVALUATION, parameters)) {
            program.refresh();
            for (int epoch = 1; epoch <= settings.epochs() && !stopRequested; epoch++) {
                runEpoch(epoch, program, evaluation);
            }
        }
        return new TrainingResult(results, bestEpoch, stopRequested);
    }

    /** Asks {@link #run} to return after the step it is making; from any thread. The parameters can then be saved. */
    public void stop() {
        stopRequested = true;
    }

    /** The parameters with the lowest validation loss so far; the current ones before there is a validation loss. */
    public Parameters best() {
        return bestEpoch == 0 ? parameters : best;
    }

    /** The optimiser, to save its state or change its rate. */
    public Optimizer optimizer() {
        return optimizer;
    }

    private void runEpoch(int epoch, Program program, Program evaluation) {
        long start = System.nanoTime();
        training.startEpoch(epoch);
        int windows = training.windows();
        int[] order = order(epoch, windows);
        double lossSum = 0;
        double normSum = 0;
        long elements = 0;
        int clipped = 0;
        for (int step = 1; step <= windows; step++) {
            if (stopRequested) {
                return;
            }
            int window = order[step - 1];
            double loss = forwardAndBackward(program, window, epoch, step);
            listener.gradientsReady(List.of(program), epoch, step);
            double norm = GradientClip.norm(program.gradients(), spec);
            if (GradientClip.limits(settings.clip(), program.gradients(), spec, norm)) {
                clipped++;
                GradientClip.apply(settings.clip(), program.gradients(), spec, norm);
            }
            update(program, epoch, step);
            long count = training.elements(window);
            lossSum += loss * count;
            normSum += norm;
            elements += count;
            listener.stepEnded(new StepResult(epoch, settings.epochs(), step, windows, loss, norm, count));
        }
        double trained = (System.nanoTime() - start) * 1e-9;
        double validationLoss = evaluation == null ? Double.NaN : evaluate(evaluation, epoch);
        if (stopRequested && evaluation != null && Double.isNaN(validationLoss)) {
            return;
        }
        if (validationLoss < bestLoss) {
            bestLoss = validationLoss;
            bestEpoch = epoch;
            best.copyFrom(parameters);
        }
        EpochResult result = new EpochResult(
                epoch,
                lossSum / elements,
                validationLoss,
                (double) clipped / windows,
                normSum / windows,
                (System.nanoTime() - start) * 1e-9,
                elements / trained);
        results.add(result);
        listener.epochEnded(result);
    }

    private double forwardAndBackward(Program program, int window, int epoch, int step) {
        int steps = training.load(window, program);
        if (!settings.stateful() || training.startsSequence(window)) {
            program.resetStates();
        }
        program.seed(CounterRandom.bits(settings.seed(), DROPOUT, optimizer.steps()));
        program.run(steps);
        double loss = program.loss();
        // The gradient names the parameter next to the cause, so look there first.
        boolean sound = Double.isFinite(loss) && NonFinite.none(program.gradients(), spec);
        if (!sound) {
            String gradient = NonFinite.first(program.gradients(), spec)
                    .map(element -> "the gradient " + element)
                    .orElse("no parameter's gradient is to blame");
            throw new NonFiniteException(epoch, step, "the loss is " + loss + " and " + gradient);
        }
        return loss;
    }

    private void update(Program program, int epoch, int step) {
        before.copyFrom(parameters);
        optimizer.step(parameters, program.gradients());
        if (!parameters.isFinite()) {
            String element = parameters.firstNonFinite().map(Object::toString).orElse("array's padding");
            parameters.copyFrom(before);
            throw new NonFiniteException(epoch, step, "the update made the parameter " + element);
        }
        program.refresh();
    }

    /** Mean loss over the validation data, or NaN if asked to stop meanwhile. */
    private double evaluate(Program program, int epoch) {
        program.refresh();
        double lossSum = 0;
        long elements = 0;
        for (int window = 0; window < validation.windows(); window++) {
            if (stopRequested) {
                return Double.NaN;
            }
            int steps = validation.load(window, program);
            if (!settings.stateful() || validation.startsSequence(window)) {
                program.resetStates();
            }
            program.run(steps);
            if (!Double.isFinite(program.loss())) {
                throw new NonFiniteException(
                        epoch, 0, "the validation loss of window " + window + " is " + program.loss());
            }
            long count = validation.elements(window);
            lossSum += program.loss() * count;
            elements += count;
        }
        return lossSum / elements;
    }

    /** The order of the windows: as they are where states go from one to the next, else a Fisher-Yates shuffle. */
    private int[] order(int epoch, int windows) {
        int[] order = new int[windows];
        for (int i = 0; i < windows; i++) {
            order[i] = i;
        }
        if (!settings.stateful()) {
            // A stream of its own for each epoch, so that an epoch can be entered without those before.
            CounterRandom random = new CounterRandom(settings.seed(), SHUFFLE + epoch);
            for (int i = windows - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int other = order[j];
                order[j] = order[i];
                order[i] = other;
            }
        }
        return order;
    }
}
