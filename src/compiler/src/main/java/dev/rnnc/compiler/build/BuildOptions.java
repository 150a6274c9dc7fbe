package dev.rnnc.compiler.build;

/**
 * What a graph is built for.
 *
 * @param lengths whether sequences come with lengths, in the inputs of {@link
 *     dev.rnnc.compiler.model.Model#lengthPorts}; otherwise all are as long as the run
 */
public record BuildOptions(boolean lengths) {
    /** All sequences are as long as the run. */
    public static final BuildOptions PLAIN = new BuildOptions(false);

    /** Sequences come with lengths. */
    public static final BuildOptions WITH_LENGTHS = new BuildOptions(true);
}
