package dev.rnnc.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Checks files named on the command line before anything else is done with them. */
final class InputFile {
    private static final long MOST_BYTES = 64L << 20;

    private InputFile() {}

    /**
     * Makes sure that {@code file} can be read.
     *
     * @param what what the file is, as in {@code weights file}
     * @throws CommandFailure if it is missing, a folder or unreadable
     */
    static Path require(Path file, String what) {
        if (!Files.exists(file)) {
            throw CommandFailure.job(what + " '" + file + "' does not exist");
        }
        if (Files.isDirectory(file)) {
            throw CommandFailure.job(what + " '" + file + "' is a folder; name a file");
        }
        if (!Files.isReadable(file)) {
            throw CommandFailure.job(what + " '" + file + "' cannot be read: permission denied");
        }
        return file;
    }

    /**
     * The text of a small file that is read whole: a vocabulary, or what rnnc wrote itself.
     *
     * @throws CommandFailure if it is missing, a folder, unreadable, a pipe, a device, no UTF-8 text or larger than 64 MB
     */
    static String text(Path file, String what) {
        requireRegular(file, what);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw CommandFailure.job(what + " '" + file + "' is larger than " + (MOST_BYTES >> 20)
                        + " MB, so it is none that rnnc wrote");
            }
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw CommandFailure.job(what + " '" + file + "' is not UTF-8 text", e);
        } catch (IOException e) {
            throw failure("cannot read " + what, file, e);
        }
    }

    /**
     * Makes sure that {@code file} can be read as often as wanted.
     *
     * @throws CommandFailure if it is missing, a folder, unreadable, a pipe or a device
     */
    static Path requireRegular(Path file, String what) {
        require(file, what);
        if (!Files.isRegularFile(file)) {
            throw CommandFailure.job(what + " '" + file + "' is no regular file, but a pipe or a device;"
                    + " write what it yields to a file first");
        }
        return file;
    }

    /** A failure to read or write {@code file}, told without a stack trace. */
    static CommandFailure failure(String what, Path file, IOException cause) {
        return CommandFailure.job(what + " '" + file + "': " + reason(cause), cause);
    }

    /** The reason in an I/O exception, which may be its type alone. */
    static String reason(IOException cause) {
        return switch (cause) {
            case NoSuchFileException e -> "no such file or folder";
            case AccessDeniedException e -> "permission denied";
            case FileAlreadyExistsException e -> "'" + e.getFile() + "' is a file, not a folder";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    }
}
