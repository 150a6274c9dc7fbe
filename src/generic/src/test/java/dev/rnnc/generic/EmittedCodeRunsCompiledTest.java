package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * HotSpot takes the emitted code as it is meant: it refuses to compile no method, and what is compiled boxes no vector
 * and so allocates nothing.
 */
class EmittedCodeRunsCompiledTest {
    private static final int RUNS = 50;
    private static final int BYTES = 1024;

    @TempDir
    private Path folder;

    private static Map<String, String> models() throws IOException {
        Map<String, String> models = new LinkedHashMap<>();
        models.put("char-lm", Files.readString(Path.of("../../samples/char-lm/char-lm.rnn")));
        for (String cell :
                List.of("rnn(x, 64)", "rnn_relu(x, 64)", "lstm(x, 64)", "lstmp(x, 32, C: 64)", "gru(x, 64)")) {
            models.put(cell, """
                    model M {
                      input x : real[24] sequence
                      target g : real[8] sequence
                      layer h = %s
                      output y = dense(h, 8)
                      loss mse(y, g)
                                          }
                    """.formatted(cell));
        }
        models.put("many activations", """
                cell many(x[X]) -> h[H] {
                  state h[H], c[H], n[H]
                  param w[4*H, X], u[4*H, H], b[4*H] ~ uniform(1/sqrt(H))
                  i, f, g, o = split(w @ x + u @ h + b, 4)
                  n' = softplus(i) * n + exp(min(f, 0)) * gelu(g)
                  c' = sigmoid(f) * c + silu(i) * tanh(g) + elu(n')
                  h' = sigmoid(o) * tanh(c') + gelu(n') * log(1 + abs(c'))
                }
                model M {
                  input x : real[24] sequence
                  target g : real[8] sequence
                  output y = dense(layernorm(many(x, 64)), 8)
                  loss mse(softmax(y), g)
                                  }
                """);
        return models;
    }

    @TestFactory
    Stream<DynamicTest> noEmittedMethodIsRefusedAndNoRunAllocates() throws IOException {
        return models().entrySet().stream()
                .flatMap(e -> Stream.of(ProgramKind.TRAINING, ProgramKind.EVALUATION, ProgramKind.STEP)
                        .map(kind ->
                                DynamicTest.dynamicTest(e.getKey() + ", " + kind, () -> check(e.getValue(), kind))));
    }

    private void check(String text, ProgramKind kind) throws Exception {
        Checked checked = FrontEnd.check(new SourceText("test.rnn", text));
        assertThat(checked.model()).as(checked.render()).isPresent();
        Model model = checked.model().orElseThrow();
        CompiledModel compiled = Compiler.load(model, CompileOptions.of(kind).sized(8, 9));
        List<String> refused;
        long allocated;
        try (Recording recording = new Recording();
                Program program = compiled.newProgram(kind, new Parameters(model.spec()))) {
            recording.enable("jdk.CompilationFailure");
            recording.enable("jdk.Compilation").withoutThreshold();
            recording.start();
            allocated = allocatedWhenWarm(program);
            recording.stop();
            Path file = folder.resolve("compilation.jfr");
            recording.dump(file);
            refused = refused(RecordingFile.readAllEvents(file), model.spec().name());
        }
        assertThat(refused).as("methods HotSpot refused").isEmpty();
        assertThat(allocated).as("bytes allocated by %d runs", RUNS).isLessThan(BYTES);
    }

    /** Methods of classes whose names begin with {@code model} that HotSpot gave up on, with its reason. */
    private static List<String> refused(List<RecordedEvent> events, String model) {
        Map<Long, String> reasons = new HashMap<>();
        for (RecordedEvent event : events) {
            if (event.getEventType().getName().equals("jdk.CompilationFailure")) {
                reasons.put((long) event.getInt("compileId"), event.getString("failureMessage"));
            }
        }
        List<String> refused = new ArrayList<>();
        for (RecordedEvent event : events) {
            if (event.getEventType().getName().equals("jdk.Compilation")) {
                RecordedMethod method = event.getValue("method");
                String reason = reasons.get((long) event.getInt("compileId"));
                if (reason != null && method.getType().getName().startsWith(model)) {
                    refused.add("%s.%s at level %d: %s"
                            .formatted(
                                    method.getType().getName(),
                                    method.getName(),
                                    event.getShort("compileLevel"),
                                    reason));
                }
            }
        }
        return refused;
    }

    /** Bytes that {@link #RUNS} runs allocate, once two batches of runs in a row allocate the same or little enough. */
    private static long allocatedWhenWarm(Program program) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        int steps = program.spec().steps();
        // STEP programs are short: count in steps times rows, so that every loop gets hot.
        int inner = Math.max(1, 2000 / (steps * program.spec().batch()));
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 120 && allocated >= BYTES; round++) {
            for (int run = 0; run < RUNS * inner; run++) {
                program.run(steps);
            }
            long before = threads.getThreadAllocatedBytes(id);
            for (int run = 0; run < RUNS; run++) {
                program.run(steps);
            }
            allocated = threads.getThreadAllocatedBytes(id) - before;
        }
        return allocated;
    }
}
