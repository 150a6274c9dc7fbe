package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.loop.Comment;
import dev.rnnc.compiler.loop.Kernel;
import dev.rnnc.compiler.loop.LoopProgram;
import dev.rnnc.compiler.loop.Step;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A class to emit: a model and its programs for one lane count or several.
 *
 * @param model what the model is
 * @param sourceFile name of the model's file, without folders
 * @param packageName the package, empty for the unnamed one
 * @param lanes the programs for each lane count, the widest first
 * @param constants whole numbers that the model gives names to, in the order of the text
 * @param feeds what a generation is fed with; empty where the class holds none
 */
public record ClassPlan(
        ModelSpec model,
        String sourceFile,
        String packageName,
        List<Lanes> lanes,
        SequencedMap<String, Integer> constants,
        List<Feed> feeds) {
    public ClassPlan {
        lanes = List.copyOf(lanes);
        constants = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(constants));
        feeds = List.copyOf(feeds);
    }

    /** A class of a model without constants that reads no output of its own. */
    public ClassPlan(ModelSpec model, String sourceFile, String packageName, List<Lanes> lanes) {
        this(model, sourceFile, packageName, lanes, new LinkedHashMap<>(), List.of());
    }

    /**
     * What a generation is fed with at each step.
     *
     * @param port the sequence that {@code previous} reads
     * @param output name of the output that it is made of
     * @param start what the first step reads
     */
    public record Feed(PortSpec port, String output, double start) {}

    /** The programs for one lane count. */
    public record Lanes(int count, List<LoopProgram> programs) {
        public Lanes {
            programs = List.copyOf(programs);
        }

        /** All kernels that the programs call, each once, in the order of their first calls. */
        public Collection<CalledKernel> kernels() {
            Map<String, CalledKernel> kernels = new LinkedHashMap<>();
            for (LoopProgram program : programs) {
                collect(program.refresh(), kernels);
                collect(program.forward(), kernels);
                collect(program.backward(), kernels);
            }
            return kernels.values();
        }

        /** The orders of lanes in which kernels ask for a vector: the lane each lane takes its value from. */
        public SequencedMap<Integer, List<Integer>> exchanges() {
            return Exchanges.of(kernels().stream().map(CalledKernel::kernel).toList(), count);
        }
    }

    /** Binary name of the model's own class. */
    public String className() {
        return packageName.isEmpty() ? model.name() : packageName + "." + model.name();
    }

    /**
     * A kernel and the equation it is called for.
     *
     * @param kernel the kernel
     * @param line the line of the model's file that all its calls stand for; 0 where they stand for several, so that only
     *     the callers know
     * @param comment what its first call is for
     */
    public record CalledKernel(Kernel kernel, int line, Comment comment) {}

    /** Name of the class that holds the programs for a lane count. */
    public String laneClass(int count) {
        return model.name() + (count == 1 ? "Scalar" : "Lanes" + count);
    }

    /** Name of the class of a program, which is nested in the lane class. */
    public static String programClass(ProgramKind kind) {
        return kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT);
    }

    /** The lane count {@code lanes} of the model's precision as the runtime states it: in floats. */
    public int floatLanes(int lanes) {
        return lanes == 1 || model.precision() == Precision.FLOAT ? lanes : lanes * 2;
    }

    /** The programs that the class holds, whatever the lane count. */
    public List<ProgramKind> kinds() {
        return lanes.getFirst().programs().stream().map(p -> p.spec().kind()).toList();
    }

    /** What a class says to whoever asks it for a program {@code kind} that it lacks; the kind follows the text. */
    public String missingProgram() {
        return model.name() + " was compiled without the program ";
    }

    private static void collect(List<Step> steps, Map<String, CalledKernel> kernels) {
        for (Step step : steps) {
            switch (step) {
                case Step.Call call ->
                    kernels.merge(
                            call.kernel().name(),
                            new CalledKernel(call.kernel(), call.comment().line(), call.comment()),
                            (known, next) -> known.line() == next.line()
                                    ? known
                                    : new CalledKernel(known.kernel(), 0, known.comment()));
                case Step.TimeLoop loop -> {
                    loop.ahead().ifPresent(ahead -> collect(ahead.body(), kernels));
                    loop.turn().ifPresent(turn -> collect(turn.body(), kernels));
                    collect(loop.body(), kernels);
                }
                case Step.ChunkLoop loop -> collect(loop.body(), kernels);
            }
        }
    }
}
