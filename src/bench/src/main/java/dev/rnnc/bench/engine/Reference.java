package dev.rnnc.bench.engine;

import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.generic.GenericEngine;
import java.util.Map;

/** The right answers: the generic engine in double precision. */
public final class Reference {
    private Reference() {}

    /** The answers to a problem, as {@link Session#answers} describes them. */
    public static Map<String, double[]> answers(Problem problem) {
        Workload w = problem.workload();
        Model exact = problem.exactModel();
        Graph graph = Compiler.optimized(exact, w.work().program());
        try (GenericSession session =
                new GenericSession(problem, exact, new GenericEngine(graph, w.steps(), w.batch()))) {
            return session.answers();
        }
    }
}
