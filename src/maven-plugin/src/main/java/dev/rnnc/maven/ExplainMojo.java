package dev.rnnc.maven;

import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Shows what a model is and costs, or what a stage of the compiler makes of it, as {@code rnnc explain} does. Bound to no
 * phase.
 */
@Mojo(name = "explain", threadSafe = true)
public final class ExplainMojo extends CommandGoal {
    /** Show this instead: syntax, model, graph, gradient, optimized, loop or java. */
    @Parameter(property = "rnnc.stage")
    private String stage;

    /** Show the derived backward equations of this cell, or of the cell that this layer calls, instead. */
    @Parameter(property = "rnnc.gradient")
    private String gradient;

    @Override
    String command() {
        return "explain";
    }

    @Override
    List<String> options() {
        return Stream.concat(option("--stage", stage), option("--gradient", gradient))
                .toList();
    }
}
