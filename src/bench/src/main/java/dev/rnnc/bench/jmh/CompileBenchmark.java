package dev.rnnc.bench.jmh;

import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.driver.Rnnc;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.session.LoadedModel;
import dev.rnnc.runtime.spec.TrainSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the text of a model to what runs, in a warm JVM: parsing, checking, differentiation, all passes, emission. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 4)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 2,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class CompileBenchmark {
    /** The model file; a path relative to the folder the benchmark is started in. */
    @Param("samples/char-lm/char-lm.rnn")
    public String model;

    private Path file;
    private CompileOptions everything;

    /** All programs the model has, for every lane count, as {@code rnnc compile} emits them. */
    @Setup
    public void options() throws IOException {
        file = Path.of(model);
        Model checked = Compiler.check(file).model().orElseThrow();
        TrainSettings train = checked.spec().train();
        everything = new CompileOptions(
                Compiler.programs(checked),
                train == null ? 64 : train.steps(),
                train == null ? 1 : train.batch(),
                List.of(16, 8, 4, 1),
                "");
    }

    /** Java sources of all programs. */
    @Benchmark
    public Map<String, String> sources() throws IOException {
        return Rnnc.source(file, everything);
    }

    /** Class files of all programs. */
    @Benchmark
    public Map<String, byte[]> classes() throws IOException {
        return Rnnc.compile(file, everything);
    }

    /** The model ready for inference, its classes loaded. */
    @Benchmark
    public LoadedModel load() throws IOException {
        return Rnnc.load(file);
    }
}
