package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.generic.GenericFloatEngine;

/** The same optimised graph, run by the engine whose dimensions are known at run time only, in single precision. */
public final class GenericCode implements Engine {
    /** Its name. */
    public static final String NAME = "generic";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean supports(Workload workload) {
        // Rounded weights are a matter of generated code alone.
        return workload.weights() == Workload.Weights.FLOAT;
    }

    @Override
    public Session open(Problem problem) {
        Workload w = problem.workload();
        return new GenericSession(
                problem, problem.model(), new GenericFloatEngine(problem.graph(), w.steps(), w.batch()));
    }
}
