package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Problem;
import java.util.Map;

/** An engine with a problem. For one thread. */
public interface Session extends Runnable, AutoCloseable {
    /** Steps whose outputs {@link #answers} returns. */
    int CHECKED_STEPS = 8;

    /** Steps of training whose losses {@link #answers} returns. */
    int CHECKED_UPDATES = 2;

    /** The name of the outputs among the answers. */
    String OUTPUT = "output";

    /** The name of the losses among the answers. */
    String LOSS = "loss";

    /** What the name of a gradient among the answers begins with; the parameter's name follows. */
    String GRADIENT = "grad.";

    /** Does the workload once: what is measured. */
    @Override
    void run();

    /**
     * What the engine computes, for the comparison with the reference. To be called before {@link #run}.
     *
     * <p>Of a step: the {@link #OUTPUT}s {@code [n, H]} of the first {@value #CHECKED_STEPS} inputs from a zero state. Of a
     * sequence: its {@link #OUTPUT}s {@code [T, B, H]}. Of training: the {@link #LOSS} of each of the first steps, and,
     * where the engine shows them, the gradients of the first one. Where an engine is another model after the first update
     * it gives the first loss alone. There are {@value #CHECKED_UPDATES} steps with Adam
     * and one without.
     */
    Map<String, double[]> answers();

    @Override
    default void close() {}

    /** The number of losses among the answers. */
    static int checkedUpdates(Problem problem) {
        return problem.workload().adam() ? CHECKED_UPDATES : 1;
    }
}
