package dev.rnnc.compiler.diag;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads files of the language from disk, in bounded memory whatever they are. */
public final class SourceFile {
    /** No model is longer. */
    private static final int MOST_MEGABYTES = 16;

    private static final String SUFFIX = ".rnn";

    private SourceFile() {}

    /**
     * The text of a file, which may be a pipe.
     *
     * @throws IOException if it cannot be read as UTF-8, or is larger than 16 MB; the reason then says so
     */
    public static SourceText read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((MOST_MEGABYTES << 20) + 1);
            if (bytes.length > MOST_MEGABYTES << 20) {
                throw new FileSystemException(
                        file.toString(), null, "it is larger than " + MOST_MEGABYTES + " MB, so it is no model");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new SourceText(file.toString(), text);
        }
    }

    /**
     * The text of a file that a text names, which must not make its reader wait.
     *
     * @throws IOException as {@link #read}, or if it is no regular file; the reason then says so
     */
    public static SourceText readRegular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "it is no regular file");
        }
        return read(file);
    }

    /** Whether a file, links followed, has the name of a file of the language, so that its lines may be shown. */
    public static boolean isNamedAsModel(String name) {
        try {
            return Path.of(name).toRealPath().toString().endsWith(SUFFIX);
        } catch (IOException | java.nio.file.InvalidPathException e) {
            return name.endsWith(SUFFIX);
        }
    }
}
