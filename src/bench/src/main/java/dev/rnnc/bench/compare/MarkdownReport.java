package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.GeneratedCode;
import dev.rnnc.runtime.probe.Readings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The tables of BENCHMARKS.md. A ratio below 1 is a row that a peer wins; it is marked. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String of(Machine machine, List<Result> results) {
        StringBuilder text = new StringBuilder("Machine: ")
                .append(machine.line())
                .append(".\n\nMedians, and the distance of the quartiles in percent. Ratios are an engine's time over"
                        + " that of generated code; a ratio in bold is one below 1: there the other engine wins.\n");
        Map<String, List<Result>> groups = results.stream()
                .collect(Collectors.groupingBy(r -> r.row().group(), LinkedHashMap::new, Collectors.toList()));
        groups.forEach((group, members) -> table(text, group, members));
        return text.toString();
    }

    private static void table(StringBuilder text, String group, List<Result> results) {
        Set<String> engines = new LinkedHashSet<>();
        results.forEach(result -> engines.addAll(result.readings().keySet()));
        engines.remove(GeneratedCode.NAME);
        text.append("\n### ").append(group).append("\n\n| workload | generated | GFLOP/s |");
        engines.forEach(engine -> text.append(' ').append(engine).append(" | ratio |"));
        text.append("\n|---|---|---|").append("---|---|".repeat(engines.size())).append('\n');
        for (Result result : results) {
            if (!result.measured()) {
                continue;
            }
            text.append("| ").append(result.row().name()).append(" | ");
            text.append(cell(result.ours())).append(" | ");
            text.append(Figures.number(result.gigaflops())).append(" |");
            for (String engine : engines) {
                Readings readings = result.readings().get(engine);
                text.append(readings == null ? " | |" : " " + cell(readings) + " | " + ratio(result, engine) + " |");
            }
            text.append('\n');
        }
        List<String> failures = results.stream()
                .flatMap(result ->
                        result.failures().stream().map(f -> "- " + result.row().name() + ": " + f))
                .toList();
        if (!failures.isEmpty()) {
            text.append("\nNot measured:\n\n");
            failures.forEach(failure -> text.append(failure).append('\n'));
        }
    }

    private static String cell(Readings readings) {
        return "%s (%.0f %%)".formatted(Figures.time(readings.median()), 100 * readings.spread());
    }

    private static String ratio(Result result, String engine) {
        double ratio = result.ratio(engine);
        Double target = result.row().targets().get(engine);
        String text = ratio < 1 ? "**" + Figures.factor(ratio) + "**" : Figures.factor(ratio);
        return target == null ? text : text + " (aim " + Figures.factor(target) + ")";
    }
}
