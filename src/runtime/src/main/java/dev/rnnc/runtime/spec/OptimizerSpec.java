package dev.rnnc.runtime.spec;

/** An optimiser with its settings; the definitions and defaults are those of {@code torch.optim}. */
public sealed interface OptimizerSpec {
    /** The learning rate. */
    double rate();

    /** SGD with optional (Nesterov) momentum. */
    record Sgd(double rate, double momentum, boolean nesterov, double weightDecay) implements OptimizerSpec {}

    /** Adam; with {@code decoupled} weight decay it is AdamW. */
    record Adam(double rate, double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
            implements OptimizerSpec {}

    /** RMSprop. */
    record RmsProp(double rate, double alpha, double epsilon, double weightDecay, double momentum)
            implements OptimizerSpec {}

    /** Adagrad. */
    record Adagrad(double rate, double epsilon, double weightDecay) implements OptimizerSpec {}
}
