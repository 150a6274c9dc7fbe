package dev.rnnc.cli;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import picocli.CommandLine.Option;

/** Options for the numbers of a {@code train {}} block. */
final class TrainingSizes {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the data; the model's own by default.")
    private Integer epochs;

    @Option(names = "--steps", paramLabel = "N", description = "Time steps of a window; the model's own by default.")
    private Integer steps;

    @Option(names = "--batch", paramLabel = "N", description = "Sequences of a batch; the model's own by default.")
    private Integer batch;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of first weights, dropout and the sample.")
    private Long seed;

    /**
     * The model's settings with what the user chose.
     *
     * @throws CommandFailure if the model has none, or a number is not positive
     */
    TrainSettings settings(ModelSpec model) {
        TrainSettings own = model.train();
        if (own == null) {
            throw CommandFailure.job("model " + model.name() + " has no training settings; add a block such as"
                    + " 'train { steps 64  batch 32  optimizer adam(rate: 0.002)  epochs 10  stateful }'");
        }
        return new TrainSettings(
                Sizes.choose("--steps", steps, own.steps()),
                Sizes.choose("--batch", batch, own.batch()),
                own.optimizer(),
                own.clip(),
                Sizes.choose("--epochs", epochs, own.epochs()),
                seed == null ? own.seed() : seed,
                own.stateful(),
                own.loop());
    }
}
