package dev.rnnc.cli;

import dev.rnnc.compiler.diag.SourceText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The copy of a model and of all that it imports in its run folder. The files lie there to one another as they did, so that
 * each import finds its file: the model right in the run folder, unless it imports something from above its own folder.
 */
final class ModelCopy {
    private ModelCopy() {}

    /**
     * Copies a model.
     *
     * @param file the model's file
     * @param imports the files that it imports, and those that they import
     */
    static void save(RunFolder folder, Path file, List<SourceText> imports) throws IOException {
        Path model = file.toAbsolutePath().normalize();
        Path root = model.getParent();
        for (SourceText text : imports) {
            root = common(root, path(text));
        }
        folder.write(root.relativize(model).toString(), Files.readAllBytes(file));
        for (SourceText text : imports) {
            if (path(text).startsWith(root)) {
                folder.write(root.relativize(path(text)).toString(), text.text());
            }
        }
    }

    /** The model to go on with: the run folder's copy where the file itself is gone. */
    static Path orElse(Path file, Path folder) {
        Path copy = folder.resolve(file.getFileName());
        return !Files.exists(file) && Files.exists(copy) ? copy : file;
    }

    private static Path path(SourceText text) {
        return Path.of(text.name()).toAbsolutePath().normalize();
    }

    /** The folder that holds both; {@code folder} itself where only the whole disk does, as for an import by its full path. */
    private static Path common(Path folder, Path file) {
        Path root = folder;
        while (root != null && !file.startsWith(root)) {
            root = root.getParent();
        }
        return root == null || root.getNameCount() == 0 ? folder : root;
    }
}
