package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;

/** Something that runs models. Engines of other makers are found as services of this type. */
public interface Engine {
    /** Its name in reports and options. */
    String name();

    /** Whether it can do this. */
    boolean supports(Workload workload);

    /**
     * Sets a problem up, at the engine's best setting for one thread.
     *
     * @throws IllegalArgumentException if it cannot do this workload
     */
    Session open(Problem problem);
}
