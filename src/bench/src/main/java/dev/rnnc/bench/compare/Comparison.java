package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.Agreement;
import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Reference;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.runtime.probe.PairedTimer;
import dev.rnnc.runtime.probe.Readings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the engines of one row, a short block of each in turn. */
final class Comparison {
    private final List<Engine> engines;
    private final PairedTimer timer;

    Comparison(List<Engine> engines, PairedTimer timer) {
        this.engines = List.copyOf(engines);
        this.timer = timer;
    }

    /** The row's result. An engine that fails, or whose answers are wrong, is left out and named among the failures. */
    Result measure(Row row) {
        Map<String, Session> sessions = new LinkedHashMap<>();
        Map<String, Double> differences = new LinkedHashMap<>();
        List<String> failures = new ArrayList<>();
        Problem problem;
        try {
            problem = Problem.of(row.workload());
        } catch (IllegalArgumentException e) {
            return new Result(row, Double.NaN, Double.NaN, Map.of(), Map.of(), List.of(firstLine(e)));
        }
        Map<String, double[]> reference = Reference.answers(problem);
        for (Engine engine : engines) {
            if (engine.supports(row.workload())) {
                open(engine, problem, reference, sessions, differences, failures);
            }
        }
        try {
            List<Readings> measured = sessions.isEmpty() ? List.of() : timer.measure(List.copyOf(sessions.values()));
            Map<String, Readings> readings = new LinkedHashMap<>();
            for (String name : sessions.keySet()) {
                readings.put(name, measured.get(readings.size()));
            }
            return new Result(row, problem.flops(), problem.weightBytes(), readings, differences, failures);
        } finally {
            sessions.values().forEach(Session::close);
        }
    }

    private static void open(
            Engine engine,
            Problem problem,
            Map<String, double[]> reference,
            Map<String, Session> sessions,
            Map<String, Double> differences,
            List<String> failures) {
        Session session = null;
        try {
            session = engine.open(problem);
            Agreement agreement = Agreement.check(problem, engine.name(), session.answers(), reference);
            differences.put(engine.name(), agreement.worst());
            sessions.put(engine.name(), session);
        } catch (RuntimeException | LinkageError e) {
            failures.add(engine.name() + ": " + firstLine(e));
            if (session != null) {
                session.close();
            }
        }
    }

    private static String firstLine(Throwable e) {
        return e.toString().lines().findFirst().orElse("");
    }
}
