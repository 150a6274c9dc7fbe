package dev.rnnc.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Checks files named on the command line before anything else is done with them. */
final class InputFile {
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
