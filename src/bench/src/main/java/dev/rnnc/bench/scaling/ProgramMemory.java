package dev.rnnc.bench.scaling;

import com.sun.management.ThreadMXBean;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Costs;
import dev.rnnc.compiler.emit.ClassPlan;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of a program, as it is predicted and as the process takes it. Memory outside the heap is read from the
 * operating system, over so many copies of the program that pages and the allocator's own needs do not count; for that
 * the heap must not grow: run with {@code -Xms2g -Xmx2g -XX:+AlwaysPreTouch}. Memory on the heap is what the thread
 * allocates.
 *
 * @param predicted bytes that {@code rnnc explain} names
 * @param measured bytes that were taken; NaN where the operating system does not tell
 */
record ProgramMemory(double predicted, double measured) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double TOTAL = 128 << 20;
    private static final int MOST_COPIES = 4000;

    static ProgramMemory of(Problem problem) {
        Workload w = problem.workload();
        ProgramKind kind = w.work().program();
        CompileOptions options = CompileOptions.of(kind).sized(w.steps(), w.batch());
        ClassPlan plan = Compiler.plan(problem.model(), options);
        double predicted = Costs.bytes(plan.lanes().getFirst().programs().getFirst());
        CompiledModel compiled = Compiler.load(plan);
        Parameters parameters = problem.parameters(problem.model());
        int copies = (int) Math.clamp(TOTAL / predicted, 1, MOST_COPIES);
        List<Program> programs = new ArrayList<>(copies);
        // What only the first one needs, such as the class itself.
        programs.add(compiled.newProgram(kind, parameters));
        double outside = resident();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long heap = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < copies; i++) {
            programs.add(compiled.newProgram(kind, parameters));
        }
        double onHeap = threads.getCurrentThreadAllocatedBytes() - heap;
        double taken = resident() - outside + onHeap;
        programs.forEach(Program::close);
        return new ProgramMemory(predicted, taken / copies);
    }

    /** Bytes of this process in memory that belong to no file; NaN where that is not known. */
    private static double resident() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(Double.NaN);
        } catch (IOException e) {
            // Not Linux.
            return Double.NaN;
        }
    }
}
