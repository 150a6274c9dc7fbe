package dev.rnnc.generic;

import dev.rnnc.compiler.graph.Graph;

/** The engine in double precision: the oracle of tests. */
public final class GenericEngine extends GraphEngine<double[]> {
    /**
     * Prepares to run {@code graph}.
     *
     * @param steps time steps T
     * @param batch rows B
     */
    public GenericEngine(Graph graph, int steps, int batch) {
        super(graph, steps, batch, new DoubleKernels());
    }
}
