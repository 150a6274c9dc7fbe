package dev.rnnc.bench.scaling;

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
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The memory of a program, as it is predicted and as the process takes it. Memory outside the heap is what the C library's
 * allocator has given out, over so many copies of the program that what else the process does hardly counts. Memory on
 * the heap is what is left after a collection: code that is not compiled yet leaves objects behind for each vector.
 *
 * @param predicted bytes that {@code rnnc explain} names
 * @param measured bytes that were taken; NaN where the C library does not tell
 */
record ProgramMemory(double predicted, double measured) {
    /** {@code struct mallinfo2}: ten counts. */
    private static final MemoryLayout MALLINFO =
            MemoryLayout.structLayout(MemoryLayout.sequenceLayout(10, ValueLayout.JAVA_LONG));

    private static final int IN_MAPPINGS = 4;
    private static final int IN_ARENAS = 7;
    private static final double TOTAL = 128 << 20;
    private static final int MOST_COPIES = 4000;
    /** Readings, whose median counts: HotSpot's compilers take and return memory meanwhile. */
    private static final int READINGS = 3;

    static ProgramMemory of(Problem problem) {
        Workload w = problem.workload();
        ProgramKind kind = w.work().program();
        CompileOptions options = CompileOptions.of(kind).sized(w.steps(), w.batch());
        ClassPlan plan = Compiler.plan(problem.model(), options);
        double predicted = Costs.bytes(plan.lanes().getFirst().programs().getFirst());
        CompiledModel compiled = Compiler.load(plan, options.backend());
        Parameters parameters = problem.parameters(problem.model());
        int copies = (int) Math.clamp(TOTAL / predicted, 1, MOST_COPIES);
        double[] taken = new double[READINGS];
        for (int i = 0; i < READINGS; i++) {
            taken[i] = taken(compiled, kind, parameters, copies) / copies;
        }
        Arrays.sort(taken);
        return new ProgramMemory(predicted, taken[READINGS / 2]);
    }

    /** Bytes that so many copies of a program take. */
    private static double taken(CompiledModel compiled, ProgramKind kind, Parameters parameters, int copies) {
        List<Program> programs = new ArrayList<>(copies);
        // What only the first one needs, such as the class itself.
        programs.add(compiled.newProgram(kind, parameters));
        double outside = inUse();
        double onHeap = heapInUse();
        for (int i = 0; i < copies; i++) {
            programs.add(compiled.newProgram(kind, parameters));
        }
        double taken = heapInUse() - onHeap + inUse() - outside;
        programs.forEach(Program::close);
        return taken;
    }

    private static double heapInUse() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Bytes in use of the C library's allocator, which memory outside the heap comes from; NaN without glibc. */
    @SuppressWarnings("restricted") // A call of the C library is what this takes.
    private static double inUse() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("mallinfo2");
        if (function.isEmpty()) {
            return Double.NaN;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counts =
                    (MemorySegment) linker.downcallHandle(function.get(), FunctionDescriptor.of(MALLINFO))
                            .invokeExact((SegmentAllocator) arena);
            return counts.getAtIndex(ValueLayout.JAVA_LONG, IN_MAPPINGS)
                    + counts.getAtIndex(ValueLayout.JAVA_LONG, IN_ARENAS);
        } catch (Throwable e) {
            throw new IllegalStateException("mallinfo2 cannot be called", e);
        }
    }
}
