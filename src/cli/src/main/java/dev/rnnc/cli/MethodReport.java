package dev.rnnc.cli;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.MethodBudget;
import dev.rnnc.compiler.driver.TimeLoopPlan;
import dev.rnnc.compiler.emit.MethodSize;
import dev.rnnc.compiler.model.Unroll;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The emitted methods of a model as text, the largest first. */
final class MethodReport {
    private static final int EQUATION = 60;

    private MethodReport() {}

    /** The methods of the programs that the model has, for this machine. */
    static String text(Backend.Source model, BackendKind backend, Optional<Unroll> unroll) {
        Set<ProgramKind> kinds = EnumSet.of(ProgramKind.SEQUENCE);
        if (model.hasLoss()) {
            kinds.addAll(EnumSet.of(ProgramKind.TRAINING, ProgramKind.EVALUATION));
        }
        CompileOptions options =
                CompileOptions.of(kinds.toArray(ProgramKind[]::new)).by(backend).unrolled(unroll);
        List<MethodBudget.Entry> methods = model.methods(options).stream()
                .sorted(Comparator.comparing((MethodBudget.Entry e) -> -e.size().bytes()))
                .toList();
        int total = methods.stream().mapToInt(e -> e.size().bytes()).sum();
        Table table = new Table("lrll").row("method", "bytes", "kernel", "for");
        for (MethodBudget.Entry method : methods) {
            table.row(
                    method.size().name(),
                    Numbers.grouped(method.size().bytes()),
                    method.purpose().shape(),
                    equation(method.purpose()));
        }
        return "model %s: %s methods of %s bytes for %s; budget %s bytes a method, %s where it runs once\n\n%s%s"
                .formatted(
                        model.spec().name(),
                        Numbers.grouped(methods.size()),
                        Numbers.grouped(total),
                        Lanes.description(),
                        Numbers.grouped(MethodSize.BUDGET),
                        Numbers.grouped(MethodSize.BUDGET_ONCE),
                        loops(model.loops(options)),
                        table);
    }

    /** The loops over time of all programs, empty where there are none. */
    private static String loops(List<TimeLoopPlan> loops) {
        if (loops.isEmpty()) {
            return "";
        }
        Table table = new Table("lllrrr").row("loop", "program", "direction", "steps a turn", "kernels", "ns a step");
        for (TimeLoopPlan loop : loops) {
            table.row(
                    loop.layer(),
                    loop.program().name().toLowerCase(Locale.ROOT),
                    loop.backward() ? "backward" : "forward",
                    loop.whole() ? "all " + loop.turn() : String.valueOf(loop.turn()),
                    String.valueOf(loop.kernels()),
                    "%.0f".formatted(loop.expectedNanos()));
        }
        return "loops over time; kernels are those of a turn, ns a step what the cost model expects\n\n%s\n"
                .formatted(table);
    }

    private static String equation(MethodBudget.Purpose purpose) {
        String text = purpose.equation().text().lines().findFirst().orElse("");
        String shown = text.length() > EQUATION ? text.substring(0, EQUATION - 3) + "..." : text;
        int line = purpose.equation().line();
        return line > 0 ? "line " + line + (shown.isEmpty() ? "" : ", " + shown) : shown;
    }
}
