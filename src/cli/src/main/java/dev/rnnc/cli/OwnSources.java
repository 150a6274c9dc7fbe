package dev.rnnc.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** rnnc's own Java sources as one text: data that every checkout has, so that a first training needs no download. */
final class OwnSources {
    /** The system property that the launcher sets to the checkout. */
    static final String HOME = "dev.rnnc.home";

    private OwnSources() {}

    /**
     * All {@code .java} files below {@code home/src} except build products, in the order of their paths.
     *
     * @param home the checkout, or null where the launcher did not say
     * @throws CommandFailure if there are no sources
     */
    static TextData read(String home) {
        if (home == null || !Files.isDirectory(Path.of(home, "src"))) {
            throw CommandFailure.usage("without --text the training text is rnnc's own sources, and they are not here;"
                    + " give a UTF-8 file with --text FILE");
        }
        Path root = Path.of(home);
        StringBuilder text = new StringBuilder();
        try {
            List<Path> files = files(root.resolve("src"));
            for (Path file : files) {
                text.append(Files.readString(file, StandardCharsets.UTF_8));
            }
            if (text.isEmpty()) {
                throw CommandFailure.usage("no Java sources below '" + root.resolve("src") + "'; use --text FILE");
            }
            return TextData.of(text.toString(), "rnnc's own " + files.size() + " Java sources");
        } catch (IOException e) {
            throw InputFile.failure("cannot read rnnc's own sources below", root.resolve("src"), e);
        }
    }

    private static List<Path> files(Path src) throws IOException {
        try (Stream<Path> walk = Files.walk(src)) {
            return walk.filter(file -> file.getFileName().toString().endsWith(".java"))
                    .filter(Files::isRegularFile)
                    .filter(file -> !isBuildProduct(src.relativize(file)))
                    .sorted(Comparator.comparing(
                            file -> src.relativize(file).toString().replace('\\', '/')))
                    .toList();
        }
    }

    private static boolean isBuildProduct(Path relative) {
        for (Path part : relative) {
            if (part.toString().equals("target")) {
                return true;
            }
        }
        return false;
    }
}
