package dev.rnnc.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A pipe in the place of a file, as a shell's {@code <(...)} is one; it can be read only once. */
final class Pipe {
    private static final int TYPE = 0170000;
    private static final int FIFO = 0010000;

    private Pipe() {}

    /** Whether a path leads to a pipe. A device, which may have no end, is none. */
    static boolean is(Path file) {
        try {
            return Files.getAttribute(file, "unix:mode") instanceof Integer mode && (mode & TYPE) == FIFO;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * A file with all that a pipe yields, which is deleted when the JVM ends.
     *
     * @throws CommandFailure if it cannot be kept
     */
    static Path kept(Path pipe) {
        try (InputStream in = Files.newInputStream(pipe)) {
            Path file = Files.createTempFile("rnnc", ".pipe");
            file.toFile().deleteOnExit();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException e) {
            throw InputFile.failure("cannot keep what comes from the pipe", pipe, e);
        }
    }
}
