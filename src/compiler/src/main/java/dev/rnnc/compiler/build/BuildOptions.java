package dev.rnnc.compiler.build;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.TrainSettings;

/**
 * What a graph is built for.
 *
 * @param lengths whether sequences come with lengths, in the inputs of {@link
 *     dev.rnnc.compiler.model.Model#lengthPorts}; otherwise all are as long as the run
 * @param generating whether {@code previous(x)} is what the caller gives as {@code x}, rather than the step before it
 * @param steps the most time steps of a run
 */
public record BuildOptions(boolean lengths, boolean generating, int steps) {
    private static final int STEPS = 32;

    /** For whole sequences, all as long as the run, of at most as many steps as the model trains on. */
    public static BuildOptions of(Model model) {
        TrainSettings train = model.spec().train();
        return new BuildOptions(false, false, train == null ? STEPS : Math.max(1, train.steps()));
    }

    /** The same with lengths, or without. */
    public BuildOptions withLengths(boolean present) {
        return new BuildOptions(present, generating, steps);
    }

    /** The same for runs of at most that many steps. */
    public BuildOptions withSteps(int most) {
        return new BuildOptions(lengths, generating, most);
    }

    /** The same for a program that makes one step after another, or for one that has whole sequences. */
    public BuildOptions generating(boolean stepwise) {
        return new BuildOptions(lengths, stepwise, steps);
    }
}
