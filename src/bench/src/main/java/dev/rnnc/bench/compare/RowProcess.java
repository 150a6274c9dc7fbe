package dev.rnnc.bench.compare;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures a row in a JVM of its own: what HotSpot learns from one row, it would apply to the next. */
final class RowProcess {
    private final List<String> options;

    /** @param options of the comparison in that process, other than its rows and its report */
    RowProcess(List<String> options) {
        this.options = List.copyOf(options);
    }

    /** The row's result, read from the report that the process leaves. */
    Result measure(Row row) throws IOException {
        Path report = Files.createTempFile("row", ".json");
        try {
            int code = run(command(row, report));
            if (Files.size(report) == 0) {
                String failure = "the process of this row ended with exit code " + code;
                return new Result(row, Double.NaN, Double.NaN, Map.of(), Map.of(), List.of(failure));
            }
            return ResultReader.read(report, row);
        } finally {
            Files.deleteIfExists(report);
        }
    }

    private List<String> command(Row row, Path report) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Compare.class.getName()));
        command.addAll(options);
        command.addAll(List.of("--rows", "^" + row.name() + "$", "--json", report.toString()));
        return command;
    }

    private static int run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a row was measured");
        } finally {
            process.destroy();
        }
    }
}
