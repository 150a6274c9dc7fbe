package dev.rnnc.compiler.sema;

import dev.rnnc.compiler.diag.SourceFile;
import dev.rnnc.compiler.diag.SourceText;
import java.io.IOException;
import java.nio.file.Path;

/** Where the texts of imported files come from. */
@FunctionalInterface
public interface Sources {
    /**
     * The text of an imported file. Two imports of the same file yield texts of the same name.
     *
     * @param importing the file that imports it
     * @param path as written, with {@code /} between folders
     * @throws IOException if there is no such file or it cannot be read as UTF-8; a {@link java.nio.file.FileSystemException} may say
     *     why in its reason
     */
    SourceText read(SourceText importing, String path) throws IOException;

    /** The file system: paths are relative to the folder of the importing file, whose name is its path. */
    static Sources files() {
        return (importing, path) -> {
            Path file = Path.of(importing.name()).resolveSibling(path).normalize();
            return SourceFile.readRegular(file);
        };
    }

    /** No file can be imported. */
    static Sources none() {
        return (importing, path) -> {
            throw new IOException("there are no files here");
        };
    }
}
