package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Type;
import dev.rnnc.runtime.spec.Element;

/** What all frames of an engine share: dimensions, arithmetic, seed. */
final class RunContext<A> {
    final Kernels<A> kernels;
    final int steps;
    final int batch;
    long seed;
    /** Who looks at all values of a run; null in usual runs. */
    NonFiniteWatch<A> watch;

    RunContext(Kernels<A> kernels, int steps, int batch) {
        this.kernels = kernels;
        this.steps = steps;
        this.batch = batch;
    }

    /** Elements of a value of that type. */
    int elements(Type type) {
        int rows = switch (type.rows()) {
            case NONE -> 1;
            case BATCH -> batch;
            case SEQUENCE -> Math.multiplyExact(steps, batch);
        };
        return Math.multiplyExact(rows, type.width());
    }

    /** Fresh zeroed memory. */
    Slot<A> allocate(Type type) {
        boolean token = type.element() == Element.TOKEN;
        int size = elements(type);
        return new Slot<>(type, token ? null : kernels.allocate(size), token ? new int[size] : null, this);
    }
}
