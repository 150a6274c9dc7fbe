package dev.rnnc.maven;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.SourceVersion;
import org.codehaus.plexus.util.DirectoryScanner;

/**
 * The model files of a source folder.
 *
 * @param root the source folder
 * @param includes patterns of the files taken, as Maven writes them
 * @param excludes patterns of those left out
 */
record ModelFolder(Path root, List<String> includes, List<String> excludes) {
    /** Every model file. */
    static final String PATTERN = "**/*.rnn";

    ModelFolder {
        includes = includes == null || includes.isEmpty() ? List.of(PATTERN) : List.copyOf(includes);
        excludes = excludes == null ? List.of() : List.copyOf(excludes);
    }

    /** The files, sorted; none where there is no such folder. */
    List<Path> files() {
        if (Files.notExists(root)) {
            return List.of();
        }
        if (!Files.isDirectory(root)) {
            throw new UserMistake("sourceDirectory " + root + " is a file; name a folder");
        }
        DirectoryScanner scanner = new DirectoryScanner();
        scanner.setBasedir(root.toFile());
        scanner.setIncludes(includes.toArray(String[]::new));
        scanner.setExcludes(excludes.toArray(String[]::new));
        scanner.addDefaultExcludes();
        scanner.scan();
        return Stream.of(scanner.getIncludedFiles()).sorted().map(root::resolve).toList();
    }

    /**
     * The package of a file's class.
     *
     * @param base the package of the source folder itself; may be empty
     */
    String packageOf(Path file, String base) {
        Path folder = root.relativize(file).getParent();
        String name = folder == null
                ? ""
                : folder.toString().replace(folder.getFileSystem().getSeparator(), ".");
        String full = base.isEmpty() ? name : name.isEmpty() ? base : base + "." + name;
        if (!full.isEmpty() && !SourceVersion.isName(full)) {
            throw new UserMistake("the folders below " + root + " name the package of its class, and '" + full
                    + "' is no Java package name; rename the folder, or exclude the file");
        }
        return full;
    }
}
