package dev.rnnc.bench.jmh;

import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.NamedModel;
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

/** A training step of a whole model: forward pass, BPTT, Adam, and repacking of the weights. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class ModelTrainingBenchmark {
    /** Who does it: generated, generic, hand-written (LSTM at batch 1, inference), or a peer where there are any. */
    @Param({"generated", "generic"})
    public String engine;

    /** Lanes of generated code; 0 for as many as this machine prefers. */
    @Param("0")
    public int lanes;

    /** The model. */
    @Param
    public NamedModel model;

    private Session session;

    /** Compiles the model and checks the answers. */
    @Setup(Level.Trial)
    public void open() {
        session = Measured.open(engine, lanes, model.workload());
    }

    /** One update. */
    @Benchmark
    public void update() {
        session.run();
    }

    /** Frees memory. */
    @TearDown(Level.Trial)
    public void close() {
        session.close();
    }
}
