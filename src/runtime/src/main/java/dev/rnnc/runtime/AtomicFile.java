package dev.rnnc.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Replaces a file as a whole: the new content goes to a sibling file, is forced to the disk and then takes the old
 * file's name. Whoever reads the path sees the old content or the new one, never a part. Any number of threads and
 * processes may write the same file; the last one stays. What is no regular file, such as a pipe or a device, is written to.
 */
public final class AtomicFile {
    private static final Pattern TEMPORARY = Pattern.compile("\\.rnnc\\.(\\d+)-[0-9a-f]+-\\d+\\.tmp");

    /** Another machine may have a process of the same number, and both a folder in common. */
    private static final String PROCESS =
            ProcessHandle.current().pid() + "-" + HexFormat.of().toHexDigits(new SecureRandom().nextInt());

    /** A file may be as old as the process that writes it, and the two times are not taken by the same clock. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    /** The numbers of this process's temporary files that are being written. */
    private static final BitSet NUMBERS = new BitSet();

    private AtomicFile() {}

    /** Writes the content to an open channel, from its start to its end. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Creates or replaces {@code path}, creating its folder if needed. Where {@code path} is a link, the file it leads to is
     * replaced.
     *
     * @throws IOException if it cannot be written; a regular file is then as it was
     */
    public static void write(Path path, Content content) throws IOException {
        Path absolute = path.toAbsolutePath();
        if (absolute.getParent() == null || Files.isDirectory(absolute)) {
            throw new IOException(path + " is a folder; give the name of a file");
        }
        if (isStream(absolute)) {
            // Appending leaves what others wrote before to the same standard output.
            try (FileChannel channel = FileChannel.open(absolute, StandardOpenOption.APPEND)) {
                content.writeTo(channel);
            }
            return;
        }
        Path target = Files.exists(absolute) ? absolute.toRealPath() : absolute;
        Path folder = target.getParent();
        Files.createDirectories(folder);
        int number = takeNumber();
        try {
            replace(target, folder, number, content);
        } finally {
            giveBack(number);
        }
    }

    /** Creates or replaces {@code path} with {@code text} in UTF-8. */
    public static void write(Path path, String text) throws IOException {
        write(path, channel -> writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Writes all that remains in {@code buffer}. */
    public static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /**
     * Deletes what processes that were killed left of files that they were writing in {@code folder}.
     *
     * @throws IOException if the folder cannot be read
     */
    public static void deleteAbandoned(Path folder) throws IOException {
        List<Path> temporaries;
        try (Stream<Path> entries = Files.list(folder)) {
            temporaries = entries.filter(path ->
                            TEMPORARY.matcher(path.getFileName().toString()).matches())
                    .toList();
        }
        for (Path temporary : temporaries) {
            if (isAbandoned(temporary)) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** A pipe, a device or a socket, or a file by the number under which a process has it open, as {@code /dev/stdout}. */
    private static boolean isStream(Path absolute) {
        Path name = absolute.normalize();
        return Files.exists(absolute)
                && (!Files.isRegularFile(absolute)
                        || name.startsWith("/dev/fd")
                        || name.startsWith("/proc")
                        || name.equals(Path.of("/dev/stdout"))
                        || name.equals(Path.of("/dev/stderr")));
    }

    private static void replace(Path target, Path folder, int number, Content content) throws IOException {
        Path temporary = folder.resolve(".rnnc." + PROCESS + "-" + number + ".tmp");
        if (temporary.getFileSystem().equals(FileSystems.getDefault())) {
            // The JVM may end while this is written. The numbers are few, so it has few names to remember.
            temporary.toFile().deleteOnExit();
        }
        try {
            try (FileChannel channel =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            move(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static boolean isAbandoned(Path temporary) throws IOException {
        Matcher name = TEMPORARY.matcher(temporary.getFileName().toString());
        if (!name.matches()) {
            return false;
        }
        Optional<ProcessHandle> writer = ProcessHandle.of(Long.parseLong(name.group(1)));
        Instant written = Files.getLastModifiedTime(temporary).toInstant();
        return writer.isEmpty()
                || writer.get()
                        .info()
                        .startInstant()
                        .map(start -> start.minus(CLOCKS))
                        .filter(written::isBefore)
                        .isPresent();
    }

    private static int takeNumber() {
        synchronized (NUMBERS) {
            int number = NUMBERS.nextClearBit(0);
            NUMBERS.set(number);
            return number;
        }
    }

    private static void giveBack(int number) {
        synchronized (NUMBERS) {
            NUMBERS.clear(number);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException notSupported) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
