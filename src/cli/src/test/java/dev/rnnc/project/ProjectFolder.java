package dev.rnnc.project;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the project's own files are, whichever folder the tests are started from. */
public final class ProjectFolder {
    /** The folder that holds the launcher. */
    public static final Path ROOT = find();

    private ProjectFolder() {}

    private static Path find() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isRegularFile(folder.resolve("tools/find-jdk.sh"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("tests must be started within the project's folder");
        }
        return folder;
    }
}
