package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Graph;

/**
 * The engine in float precision, vectorised as far as dimensions known only at run time allow: the baseline that
 * generated code is measured against.
 */
public final class GenericFloatEngine extends GraphEngine<float[]> {
    /**
     * Prepares to run {@code graph}.
     *
     * @param steps time steps T
     * @param batch rows B
     */
    public GenericFloatEngine(Graph graph, int steps, int batch) {
        super(graph, steps, batch, new FloatKernels());
    }
}
