package dev.rnnc.maven;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.Log;

/**
 * The command line in a JVM of its own, its output in Maven's log.
 *
 * @param libraries the class path
 * @param jvmArguments options of the JVM
 * @param directory where it runs
 */
record RnncProcess(List<Path> libraries, List<String> jvmArguments, Path directory, Log log) {
    private static final String VECTORS = "jdk.incubator.vector";

    /** The JVM's own line about the vector module, which no flag turns off. */
    private static final String INCUBATING = "WARNING: Using incubator modules";

    /** How a bug of rnnc is told; see the command line. */
    private static final String BUG = "internal error";

    /**
     * Runs a command.
     *
     * @throws MojoFailureException if it fails for a reason that the user can mend
     * @throws CompilerBug if it fails for another
     */
    void run(List<String> words) throws IOException, MojoFailureException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (ModuleFinder.ofSystem().find(VECTORS).isPresent()) {
            line.addAll(List.of("--add-modules", VECTORS));
        }
        line.add("--enable-native-access=ALL-UNNAMED");
        line.addAll(jvmArguments);
        line.add("-cp");
        line.add(libraries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        line.add("dev.rnnc.cli.Main");
        line.addAll(words);
        log.debug(String.join(" ", line));
        Process process = new ProcessBuilder(line).directory(directory.toFile()).start();
        List<String> errors = new ArrayList<>();
        try {
            process.getOutputStream().close();
            Thread errorReader = Thread.ofVirtual()
                    .start(() -> read(process.getErrorStream(), text -> {
                        if (!text.startsWith(INCUBATING)) {
                            errors.add(text);
                            log.warn(text);
                        }
                    }));
            read(process.getInputStream(), log::info);
            errorReader.join();
            int code = process.waitFor();
            if (code != 0) {
                String message = "rnnc %s failed with exit code %s%s"
                        .formatted(words.getFirst(), code, errors.isEmpty() ? "" : ": " + String.join("\n", errors));
                if (errors.stream().anyMatch(text -> text.startsWith(BUG))) {
                    throw new CompilerBug(message, null);
                }
                throw new MojoFailureException(message);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoFailureException("rnnc " + words.getFirst() + " was interrupted");
        } finally {
            process.destroy();
        }
    }

    private static void read(InputStream stream, Consumer<String> lines) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                lines.accept(text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
