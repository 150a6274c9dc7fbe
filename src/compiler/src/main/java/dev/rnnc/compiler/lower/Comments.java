package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Origin;

/** Comments of generated code, in the model's words. */
final class Comments {
    private Comments() {}

    /** {@code layer: equation}, or what of it is known. */
    static String of(Origin origin) {
        if (origin.equation().isEmpty()) {
            return origin.toString();
        }
        return origin.layer().isEmpty() ? origin.equation() : origin.layer() + ": " + origin.equation();
    }
}
