package dev.rnnc.cli;

import dev.rnnc.runtime.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The folder of one training run. Files appear whole or not at all. An existing run is never written over.
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

    /**
     * The folder of a training that goes on.
     *
     * @throws CommandFailure if there is none of that name
     */
    static RunFolder open(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw CommandFailure.job(
                    "run folder '" + folder + "' does not exist; name the folder that 'rnnc train' told of");
        }
        if (!Files.isWritable(folder)) {
            throw CommandFailure.job("run folder '" + folder + "' cannot be written to: permission denied");
        }
        try {
            AtomicFile.deleteAbandoned(folder);
        } catch (IOException e) {
            throw InputFile.failure("cannot read run folder", folder, e);
        }
        return new RunFolder(folder);
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
        Path file = path.resolve(name);
        try {
            AtomicFile.write(file, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(content)));
        } catch (IOException e) {
            throw InputFile.failure("cannot write", file, e);
        }
    }

    /** Adds one line to a file that grows. */
    void append(String name, String line) {
        try {
            Files.writeString(path.resolve(name), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw InputFile.failure("cannot write", path.resolve(name), e);
        }
    }

    /** Keeps the first lines of a file that grows, where there is one. */
    void keepLines(String name, int count) {
        Path file = path.resolve(name);
        if (Files.exists(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                write(name, lines.limit(count).map(line -> line + "\n").collect(Collectors.joining()));
            } catch (IOException e) {
                throw InputFile.failure("cannot read", file, e);
            }
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }
}
