package dev.rnnc.runtime.spec;

/**
 * How the learning rate changes during training: each schedule is a factor of the optimiser's rate, and several multiply.
 * Epochs count from 1.
 */
public sealed interface ScheduleSpec {
    /**
     * The rate times {@code factor} after each {@code every} epochs; see <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html">StepLR</a>.
     */
    record Step(int every, double factor) implements ScheduleSpec {}

    /**
     * The rate times {@code factor} after each epoch; see <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html">ExponentialLR</a>.
     */
    record Exponential(double factor) implements ScheduleSpec {}

    /**
     * Half a cosine from the optimiser's rate down to {@code least}, which is reached after that many epochs and then kept;
     * see <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html">CosineAnnealingLR</a>.
     */
    record Cosine(int epochs, double least) implements ScheduleSpec {}

    /** A rate that grows evenly over the first {@code steps} updates, from {@code rate / steps} in the first of them. */
    record Warmup(int steps) implements ScheduleSpec {}

    /**
     * The rate times {@code factor} whenever the loss has not become less by a ten-thousandth for more than {@code patience}
     * epochs; see <a
     * href="https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html">ReduceLROnPlateau</a>.
     * The loss is the validation loss, or without validation data the training loss.
     */
    record Plateau(double factor, int patience) implements ScheduleSpec {}

    /**
     * The rate times {@code factor} before each epoch later than {@code after}: Zaremba, Sutskever, Vinyals, "Recurrent
     * Neural Network Regularization" (2014), section 4.1, where the factor is 1/1.2 or 1/1.15.
     */
    record Zaremba(int after, double factor) implements ScheduleSpec {}
}
