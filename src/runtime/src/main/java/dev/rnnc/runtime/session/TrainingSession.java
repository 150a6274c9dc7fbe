package dev.rnnc.runtime.session;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import dev.rnnc.runtime.train.BatchUpdates;

/**
 * A session that learns, one batch after another: forward pass with dropout, backpropagation through time, clipping, and a
 * step of the optimiser on the weights of the model. Only one session of a model may train at a time.
 *
 * <p>Of the {@link dev.rnnc.runtime.spec.LoopSettings} it heeds the schedules, {@code accumulate} and {@code l1}; tell it of
 * the end of an epoch by {@link #epochEnded}. With {@code truncate K} each batch is a piece of at most K time steps: it makes
 * an update, and its states start the next piece, until {@link #reset}. Otherwise states are zero before each batch, unless
 * the settings say {@code stateful}. Shuffling, validation, {@code patience}, {@code threads}, the best weights and all else
 * that belongs to a whole training are the work of {@link dev.rnnc.runtime.train.Trainer}.
 */
public abstract class TrainingSession extends ProgramSession {
    private static final long DROPOUT = CounterRandom.stream("dropout");

    private final TrainSettings settings;
    private final BatchUpdates updates;
    private final GradientExtent extent;

    /**
     * A session of a program, which it owns. For generated code.
     *
     * @throws IllegalArgumentException if the settings ask for what only a {@link dev.rnnc.runtime.train.Trainer} does
     */
    protected TrainingSession(Program program, TrainSettings settings) {
        super(program);
        this.settings = settings;
        this.updates = new BatchUpdates(program.parameters(), settings);
        updates.requireMergeable(program);
        this.extent = new GradientExtent(program.parameters().spec(), program.spec());
    }

    /** The optimiser, to change its rate, where the settings have no schedule, or to save its state. */
    public final Optimizer optimizer() {
        check();
        return updates.optimizer();
    }

    /** Norm of all gradients of the last update, before they were clipped; NaN before the first. */
    public final double gradientNorm() {
        return updates.gradientNorm();
    }

    /**
     * Ends an epoch: schedules that go by epochs lower the rate, and batches that are left over of {@code accumulate} make an
     * update. Without such settings there is no need to call it.
     *
     * @param loss that of the validation data, or else the mean of the epoch: a {@code plateau} schedule looks at it
     */
    public final void epochEnded(double loss) {
        check();
        if (updates.epochEnded(loss)) {
            program().refresh();
        }
    }

    /**
     * Learns from the inputs and targets that were given. For generated code.
     *
     * @return the loss, from before the step
     * @throws ArithmeticException if the loss or a gradient is not finite; no step is then made
     */
    protected final double runTraining() {
        Program program = program();
        ModelSpec spec = program.parameters().spec();
        if (!settings.stateful() && !settings.truncated()) {
            program.resetStates();
        }
        program.seed(CounterRandom.bits(settings.seed(), DROPOUT, updates.batches()));
        runProgram();
        double loss = program.loss();
        extent.clear();
        extent.add(program);
        if (!Double.isFinite(loss) || !NonFinite.none(program.gradients(), spec, extent)) {
            throw notFinite("the loss is " + loss
                    + NonFinite.first(program.gradients(), spec)
                            .map(e -> " and the gradient " + e)
                            .orElse(""));
        }
        if (updates.add(program, extent)) {
            program.refresh();
        }
        return loss;
    }

    private ArithmeticException notFinite(String what) {
        return new ArithmeticException(
                "step " + (updates.batches() + 1) + ": " + what
                        + "; lower the learning rate, add 'clip norm 1' to train {}, or check the data for values out of range");
    }
}
