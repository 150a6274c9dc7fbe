package dev.rnnc.project;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A machine made of a folder: JDKs that consist of a {@code release} file and two scripts, a PATH with nothing on it
 * but the shell's usual tools and what a test adds.
 */
final class ShellFixture {
    private static final List<String> TOOLS = List.of(
            "sh", "cat", "dirname", "find", "flock", "grep", "head", "mkdir", "mv", "readlink", "rm", "touch", "uname");

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();

    ShellFixture(Path folder) throws IOException {
        this.folder = folder;
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String tool : TOOLS) {
            for (String place : List.of("/bin", "/usr/bin")) {
                Path program = Path.of(place, tool);
                if (Files.isExecutable(program) && !Files.exists(bin.resolve(tool))) {
                    script(bin.resolve(tool), "exec " + program + " \"$@\"");
                }
            }
        }
        environment.put("PATH", bin.toString());
        environment.put("HOME", folder.toString());
        environment.put("RNNC_JVM_FOLDERS", folder.resolve("jvm").toString());
    }

    /** What a finished command left. */
    record Result(int exitCode, String out, String err) {}

    /** Sets an environment variable of the commands to come. */
    void set(String name, Object value) {
        environment.put(name, value.toString());
    }

    /** Makes a JDK under the fixture's folder, with {@code version} as its release file states it. */
    Path jdk(String name, String version) throws IOException {
        Path home = jre(name, version);
        script(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    /** Like {@link #jdk}, without a compiler. */
    Path jre(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.writeString(home.resolve("release"), """
                IMPLEMENTOR="Somebody"
                JAVA_VERSION="%s"
                MODULES="java.base jdk.incubator.vector jdk.compiler"
                """.formatted(version));
        // Says what it was started with, one argument a line.
        script(home.resolve("bin/java"), "printf '<%s>\\n' \"$@\"");
        return home;
    }

    /** Puts a program on the PATH. */
    void program(String name, String body) throws IOException {
        script(folder.resolve("bin").resolve(name), body);
    }

    /** Writes an executable shell script. */
    void script(Path file, String body) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        if (!file.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + file + " executable");
        }
    }

    /** Runs a command in the fixture's folder. */
    Result run(Object... command) {
        try {
            Path out = Files.createTempFile(folder, "out", "");
            Path err = Files.createTempFile(folder, "err", "");
            ProcessBuilder builder =
                    new ProcessBuilder(Stream.of(command).map(Object::toString).toList());
            builder.environment().clear();
            builder.environment().putAll(environment);
            builder.directory(folder.toFile());
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running after a minute: " + Arrays.toString(command));
            }
            return new Result(process.exitValue(), read(out), read(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
