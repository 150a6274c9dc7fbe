package dev.rnnc.runtime.session;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;

/**
 * A session that learns, one batch after another: forward pass with dropout, backpropagation through time, clipping, and a
 * step of the optimiser on the weights of the model. Only one session of a model may train at a time.
 *
 * <p>States are zero before each batch, unless the settings say {@code stateful}. Epochs, shuffling, validation, the best
 * weights and all else that belongs to a whole training are the work of {@link dev.rnnc.runtime.train.Trainer}.
 */
public abstract class TrainingSession extends ProgramSession {
    private static final long DROPOUT = CounterRandom.stream("dropout");

    private final TrainSettings settings;
    private final Optimizer optimizer;
    private final GradientExtent extent;
    private double gradientNorm = Double.NaN;

    /** A session of a program, which it owns. For generated code. */
    protected TrainingSession(Program program, TrainSettings settings) {
        super(program);
        this.settings = settings;
        GradientClip.check(settings.clip());
        ModelSpec spec = program.parameters().spec();
        this.optimizer = Optimizer.create(settings.optimizer(), spec);
        this.extent = new GradientExtent(spec, program.spec());
    }

    /** The optimiser, to change its rate or to save its state. */
    public final Optimizer optimizer() {
        check();
        return optimizer;
    }

    /** Norm of all gradients of the last step, before they were clipped; NaN before the first. */
    public final double gradientNorm() {
        return gradientNorm;
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
        if (!settings.stateful()) {
            program.resetStates();
        }
        program.seed(CounterRandom.bits(settings.seed(), DROPOUT, optimizer.steps()));
        double loss = runForLoss();
        extent.clear();
        extent.add(program);
        if (!Double.isFinite(loss) || !NonFinite.none(program.gradients(), spec, extent)) {
            throw notFinite("the loss is " + loss
                    + NonFinite.first(program.gradients(), spec)
                            .map(e -> " and the gradient " + e)
                            .orElse(""));
        }
        gradientNorm = GradientClip.norm(program.gradients(), spec, extent);
        GradientClip.apply(settings.clip(), program.gradients(), spec, extent, gradientNorm);
        Parameters parameters = program.parameters();
        optimizer.step(parameters, program.gradients(), extent);
        program.refresh();
        return loss;
    }

    private ArithmeticException notFinite(String what) {
        return new ArithmeticException(
                "step " + (optimizer.steps() + 1) + ": " + what
                        + "; lower the learning rate, add 'clip norm 1' to train {}, or check the data for values out of range");
    }
}
