package dev.rnnc.bench.jmh;

import dev.rnnc.bench.engine.Agreement;
import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Engines;
import dev.rnnc.bench.engine.Reference;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;

/** Opens what a benchmark measures, and measures nothing that is wrong. */
final class Measured {
    private Measured() {}

    /** The session of the named engine, once its answers were seen to equal the reference's. */
    static Session open(String engineName, int lanes, Workload workload) {
        boolean generated = engineName.equals("generated") && lanes > 0;
        Engine engine = Engines.named(generated ? "generated-" + lanes : engineName);
        if (!engine.supports(workload)) {
            throw new IllegalArgumentException(engine.name() + " cannot do " + workload.name());
        }
        Problem problem = Problem.of(workload);
        Session session = engine.open(problem);
        Agreement agreement = Agreement.check(problem, engine.name(), session.answers(), Reference.answers(problem));
        System.out.printf(
                "%n%s, %s: agrees with the reference, worst difference %.2g in %s%n",
                engine.name(), workload.name(), agreement.worst(), agreement.where());
        return session;
    }
}
