package dev.rnnc.compiler.graph;

import java.util.List;

/**
 * A whole program as a graph.
 *
 * @param values all values, operands before users
 * @param roots what is computed; values no root needs may be dropped
 */
public record Graph(List<Value> values, List<Root> roots) {
    public Graph {
        values = List.copyOf(values);
        roots = List.copyOf(roots);
    }

    /** What a root is for. */
    public enum RootKind {
        /** A declared output. */
        OUTPUT,
        /** A named layer. */
        LAYER,
        /** The value of a recurrent state after the last step, named {@code LAYER.STATE}. */
        STATE,
        /** The scalar loss, type {@code real[]}. */
        LOSS,
        /** The gradient of the loss with respect to a parameter, of the parameter's type and name. */
        GRADIENT,
        /** The gradient of the loss with respect to an input, of the input's type and name. */
        INPUT_GRADIENT,
        /**
         * The gradient of the loss with respect to a recurrent state after each step, {@code [T, B, H]}, named as the
         * {@link #STATE}.
         */
        STATE_GRADIENT,
        /** What a sigmoid, tanh or relu gave: of type {@code [T, B, H]} within a scan. */
        ACTIVATION,
        /** A numerator of the loss, type {@code real[]}, named by its number; or what is divided by nothing. */
        LOSS_PART,
        /** What the numerator of the same number is divided by, type {@code real[]}. */
        LOSS_COUNT
    }

    /** A named result. */
    public record Root(RootKind kind, String name, Value value) {}

    /** The root of that kind and name. */
    public Value root(RootKind kind, String name) {
        return roots.stream()
                .filter(r -> r.kind() == kind && r.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no root " + kind + " " + name))
                .value();
    }
}
