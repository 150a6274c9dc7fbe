package dev.rnnc.cli;

import dev.rnnc.runtime.generate.Sampler;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How symbols are drawn from a model's scores. */
final class DrawOptions {
    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0.8",
            description = "0 takes the likeliest symbol each time; more is more daring (default: 0.8).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Draw from the K likeliest symbols only; from all by default.")
    private Integer top;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Seed of the draws (default: 1).")
    private long seed;

    /** Refuses what makes no sense. */
    void check() {
        if (top != null && top < 1) {
            throw CommandFailure.usage("--top-k " + top + ": give a number of at least 1");
        }
        try {
            Sampler.checkTemperature(temperature);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--temperature: " + e.getMessage());
        }
    }

    /** So many steps from all symbols, without one that ends them. */
    SequenceGenerator.Choice choice(int length) {
        int most = top == null ? Integer.MAX_VALUE : top;
        return new SequenceGenerator.Choice(length, temperature, most, Integer.MAX_VALUE, OptionalInt.empty(), seed);
    }
}
