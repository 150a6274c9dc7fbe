package dev.rnnc.generic;

import com.sun.management.ThreadMXBean;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * A process that runs programs of one model until they are warm, one after another, and prints what HotSpot made of them:
 * a line for each method that one of its compilers refused, and for each program the bytes that {@link #RUNS} runs
 * allocate. A process of its own, as a user's would be: what HotSpot inlines depends on what else the process has run.
 */
final class CompiledRuns {
    static final int RUNS = 50;
    static final int BYTES = 1024;

    private static final int ROUNDS = 120;

    /** Processor time for at least so long, since on a busy machine rounds of a small program pass before a compiler's turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private CompiledRuns() {}

    /**
     * Arguments: a model file, program kinds, a folder for the recording, a backend, rows of a batch or 0 for what each
     * model says; then, in pairs, further files and their programs.
     */
    public static void main(String[] arguments) throws Exception {
        Path recorded = Path.of(arguments[2]).resolve("compilation.jfr");
        BackendKind backend = BackendKind.valueOf(arguments[3]);
        int batch = Integer.parseInt(arguments[4]);
        run(arguments[0], arguments[1], backend, batch, recorded);
        for (int i = 5; i < arguments.length; i += 2) {
            run(arguments[i], arguments[i + 1], backend, batch, recorded);
        }
    }

    private static void run(String file, String kinds, BackendKind backend, int batch, Path recorded)
            throws IOException {
        SourceText text = new SourceText(file, Files.readString(Path.of(file)));
        Model model = FrontEnd.check(text).model().orElseThrow();
        for (String name : kinds.split(",")) {
            ProgramKind kind = ProgramKind.valueOf(name);
            CompiledModel compiled = Compiler.load(
                    model,
                    CompileOptions.of(kind)
                            .sized(8, kind == ProgramKind.STEP ? 1 : batch)
                            .by(backend));
            try (Recording recording = new Recording();
                    Program program = compiled.newProgram(kind, new Parameters(model.spec()))) {
                recording.enable("jdk.CompilationFailure");
                recording.enable("jdk.Compilation").withoutThreshold();
                recording.start();
                long allocated = allocatedWhenWarm(program);
                recording.stop();
                recording.dump(recorded);
                refused(RecordingFile.readAllEvents(recorded), model.spec().name())
                        .forEach((method, reason) -> System.out.println("refused " + method + ": " + reason));
                System.out.println("allocated " + allocated + " by " + kind + " of "
                        + model.spec().name());
            }
        }
    }

    /** Methods of classes whose names begin with {@code model} that a compiler of HotSpot refused, with its reason. */
    private static Map<String, String> refused(List<RecordedEvent> events, String model) {
        Map<Long, String> reasons = new HashMap<>();
        for (RecordedEvent event : events) {
            if (event.getEventType().getName().equals("jdk.CompilationFailure")) {
                reasons.put((long) event.getInt("compileId"), event.getString("failureMessage"));
            }
        }
        Map<String, String> refused = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            if (event.getEventType().getName().equals("jdk.Compilation")) {
                RecordedMethod method = event.getValue("method");
                String name = method.getType().getName() + "." + method.getName();
                String reason = reasons.get((long) event.getInt("compileId"));
                if (reason != null && !isRepeatedAtOnce(reason) && name.startsWith(model)) {
                    refused.putIfAbsent(name, "level " + event.getShort("compileLevel") + ", " + reason);
                }
            }
        }
        return refused;
    }

    /** Whether HotSpot itself tries again with the same method: it refused nothing. */
    private static boolean isRepeatedAtOnce(String reason) {
        return reason.startsWith("retry ") || reason.equals("concurrent class loading");
    }

    /** Bytes that {@link #RUNS} runs allocate, once they are little enough, or when that is no more to be expected. */
    private static long allocatedWhenWarm(Program program) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().threadId();
        int steps = program.spec().steps();
        // STEP programs are short: count in steps times rows, so that every loop gets hot.
        int inner = Math.max(1, 2000 / (steps * program.spec().batch()));
        long end = threads.getCurrentThreadCpuTime() + PATIENCE.toNanos();
        long allocated = Long.MAX_VALUE;
        for (int round = 0;
                allocated >= BYTES && (round < ROUNDS || threads.getCurrentThreadCpuTime() < end);
                round++) {
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
