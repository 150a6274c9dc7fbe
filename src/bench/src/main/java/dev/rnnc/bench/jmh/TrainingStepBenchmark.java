package dev.rnnc.bench.jmh;

import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Costs;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.probe.MachineProbe;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One step of training: forward pass, BPTT, clipping, optimiser, repacking of the weights. At the end of a fork it
 * prints the rate of the median step and its share of the FMA rate that a probe reaches in the same process.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 5)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class TrainingStepBenchmark {
    /** The model file; a path relative to the folder the benchmark is started in. */
    @Param("samples/char-lm/char-lm.rnn")
    public String model;

    /** What makes the classes that are measured. */
    @Param("JAVA")
    public BackendKind backend;

    private Program program;
    private Parameters parameters;
    private Optimizer optimizer;
    private double flops;
    private long step;
    private long[] nanos;
    private int measured;

    /** Compiles the model and fills its inputs with random data. */
    @Setup(Level.Trial)
    public void compile() throws IOException {
        Checked checked = Compiler.check(Path.of(model));
        Model resolved = checked.model().orElseThrow(() -> new IllegalArgumentException(checked.render()));
        CompiledModel compiled =
                Compiler.load(resolved, CompileOptions.of(ProgramKind.TRAINING).by(backend));
        parameters = new Parameters(compiled.spec());
        Initialization.fill(parameters, 1);
        program = compiled.newProgram(ProgramKind.TRAINING, parameters);
        optimizer = Optimizer.create(compiled.spec().train().optimizer(), compiled.spec());
        flops = Costs.flops(
                Compiler.optimized(resolved, ProgramKind.TRAINING),
                program.spec().steps(),
                program.spec().batch());
        CounterRandom random = new CounterRandom(1, 1);
        for (PortSpec port : program.spec().ports()) {
            if (port.role() == Role.INPUT || port.role() == Role.TARGET) {
                fill(program.segment(port.name()), port, random);
            }
        }
        nanos = new long[1 << 20];
    }

    private static void fill(MemorySegment segment, PortSpec port, CounterRandom random) {
        long elements = segment.byteSize() / Integer.BYTES;
        for (long i = 0; i < elements; i++) {
            if (port.element() == Element.TOKEN) {
                segment.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(port.vocabulary()));
            } else {
                segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextNormal());
            }
        }
    }

    /** Forgets the steps of the warm-up. */
    @Setup(Level.Iteration)
    public void begin() {
        measured = 0;
    }

    /** One step. */
    @Benchmark
    public double step() {
        long start = System.nanoTime();
        program.seed(step++);
        program.run(program.spec().steps());
        GradientClip.apply(parameters.spec().train().clip(), program.gradients(), parameters.spec());
        optimizer.step(parameters, program.gradients());
        program.refresh();
        nanos[measured++ & nanos.length - 1] = System.nanoTime() - start;
        return program.loss();
    }

    /** Prints rate and share of the last iteration's median step. */
    @TearDown(Level.Trial)
    public void report() {
        long[] sorted = Arrays.copyOf(nanos, Math.min(measured, nanos.length));
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        double rate = flops / median;
        double peak = MachineProbe.measure().gigaflops();
        System.out.printf(
                "%nmedian step %.2f ms, %.2f GFLOP: %.1f GFLOP/s, %.0f %% of %.1f GFLOP/s (FMA probe)%n",
                median / 1e6, flops / 1e9, rate, 100 * rate / peak, peak);
    }
}
