package dev.rnnc.compiler.loop;

import java.util.List;

/**
 * A method over segments: loops with constant strides and bounds that are constant or handed in.
 *
 * @param name unique in its program
 * @param comment what it computes
 * @param parameters what it is handed
 * @param body its statements
 */
public record Kernel(String name, String comment, List<Parameter> parameters, List<Statement> body) {
    public Kernel {
        parameters = List.copyOf(parameters);
        body = List.copyOf(body);
    }

    /** Names of the parameters with real numbers, in their order. */
    public List<String> segments() {
        return parameters.stream()
                .filter(p -> p.kind() == Kind.REALS)
                .map(Parameter::name)
                .toList();
    }

    /** A parameter of a kernel. */
    public record Parameter(String name, Kind kind) {}

    /** What a parameter is. */
    public enum Kind {
        /** Memory with real numbers. */
        REALS,
        /** Memory with tokens. */
        TOKENS,
        /** A row number or a count. */
        INTEGER,
        /** The seed of the run's dropout masks. */
        SEED
    }
}
