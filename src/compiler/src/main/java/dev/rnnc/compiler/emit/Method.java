package dev.rnnc.compiler.emit;

import java.util.List;

/**
 * A method of a program's class that calls kernels.
 *
 * @param name unique in its class
 * @param receives its parameters
 * @param overrides whether it is a public method of the runtime's program rather than a private one
 * @param body what it does
 */
public record Method(String name, Receives receives, boolean overrides, List<Action> body) {
    /** The parameters of a method, all integers. */
    public enum Receives {
        /** None. */
        NOTHING,
        /** {@code steps}, the time steps of the run. */
        STEPS,
        /** {@code t}, the time step, and {@code steps}. */
        TIME_AND_STEPS,
        /** {@code begin} and {@code end}, some time steps, and {@code steps}. */
        SOME_STEPS,
        /** {@code t}, one of some time steps, and {@code begin}, {@code end} and {@code steps}. */
        TIME_AND_SOME_STEPS;

        /** Their names. */
        public List<String> names() {
            return switch (this) {
                case NOTHING -> List.of();
                case STEPS -> List.of("steps");
                case TIME_AND_STEPS -> List.of("t", "steps");
                case SOME_STEPS -> List.of("begin", "end", "steps");
                case TIME_AND_SOME_STEPS -> List.of("t", "begin", "end", "steps");
            };
        }
    }

    public Method {
        body = List.copyOf(body);
    }
}
