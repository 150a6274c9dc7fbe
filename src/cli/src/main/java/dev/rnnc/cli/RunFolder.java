package dev.rnnc.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

/**
 * The folder of one training run. Files appear whole or not at all: each is written beside its place and then moved
 * there. An existing run is never written over.
 */
final class RunFolder {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path path;

    private RunFolder(Path path) {
        this.path = path;
    }

    /**
     * Makes the folder a user asked for.
     *
     * @throws CommandFailure if it holds files already or cannot be made
     */
    static RunFolder create(Path folder) {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw CommandFailure.job("--out '" + folder + "' is a file; name a new folder");
        }
        try {
            if (Files.isDirectory(folder) && !isEmpty(folder)) {
                throw CommandFailure.job(
                        "--out '" + folder + "' is not empty, and a run never overwrites anything; name a new folder");
            }
            Files.createDirectories(folder);
            if (!Files.isWritable(folder)) {
                throw CommandFailure.job("run folder '" + folder + "' cannot be written to: permission denied");
            }
            return new RunFolder(folder);
        } catch (IOException e) {
            throw InputFile.failure("cannot make run folder", folder, e);
        }
    }

    /** Makes {@code parent/MODEL-YYYYMMDD-HHMMSS}, with a number behind it where that exists. */
    static RunFolder create(Path parent, String model, LocalDateTime now) {
        String name = model + "-" + STAMP.format(now);
        Path folder = parent.resolve(name);
        for (int number = 2; Files.exists(folder); number++) {
            folder = parent.resolve(name + "-" + number);
        }
        return create(folder);
    }

    Path path() {
        return path;
    }

    Path resolve(String name) {
        return path.resolve(name);
    }

    /** Writes one file as a whole. */
    void write(String name, String content) {
        write(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes one file as a whole. */
    void write(String name, byte[] content) {
        replace(name, file -> Files.write(file, content));
    }

    /** Lets {@code writer} write a file beside its place, then moves it there. */
    void replace(String name, FileWriter writer) {
        Path target = path.resolve(name);
        Path draft = path.resolve("." + name + ".tmp");
        try {
            writer.write(draft);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            discard(draft);
            throw InputFile.failure("cannot write", target, e);
        } catch (UncheckedIOException e) {
            discard(draft);
            throw InputFile.failure("cannot write", target, e.getCause());
        }
    }

    /** Adds one line to a file that grows. */
    void append(String name, String line) {
        try {
            Files.writeString(
                    path.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw InputFile.failure("cannot write", path.resolve(name), e);
        }
    }

    /** Writes a file. */
    @FunctionalInterface
    interface FileWriter {
        void write(Path file) throws IOException;
    }

    private static void discard(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            // The failure to write is told; a left-over draft does no harm.
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
