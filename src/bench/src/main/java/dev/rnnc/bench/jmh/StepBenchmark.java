package dev.rnnc.bench.jmh;

import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Workload;
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

/** One time step of one sequence, the state carried from call to call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class StepBenchmark {
    /** Who does it: generated, generic, hand-written (LSTM at batch 1, inference), or a peer where there are any. */
    @Param({"generated", "generic"})
    public String engine;

    /** Lanes of generated code; 0 for as many as this machine prefers. */
    @Param("0")
    public int lanes;

    /** The cell. */
    @Param
    public Cell cell;

    /** Units H, and features X of the input. */
    @Param({"16", "64", "128", "256"})
    public int hidden;

    private Session session;

    /** Compiles the model and checks the answers. */
    @Setup(Level.Trial)
    public void open() {
        session = Measured.open(engine, lanes, Workload.step(cell, hidden));
    }

    /** One step. */
    @Benchmark
    public void step() {
        session.run();
    }

    /** Frees memory. */
    @TearDown(Level.Trial)
    public void close() {
        session.close();
    }
}
