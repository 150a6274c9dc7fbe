package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.Graph;
import java.util.Set;

/**
 * The graph of a generator: roots of kind {@code OUTPUT} are results of each step, roots of kind {@code LAYER} are
 * computed once, before the first step, for the step input of the same name.
 *
 * @param graph one step and what comes before the first
 * @param stepInputs the names of the inputs of each step: outputs that are fed back, states, rows of sequences
 */
public record BuiltGenerator(Graph graph, Set<String> stepInputs) {
    public BuiltGenerator {
        stepInputs = Set.copyOf(stepInputs);
    }
}
