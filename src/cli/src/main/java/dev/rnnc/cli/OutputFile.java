package dev.rnnc.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Checks a file that a command is asked to write, before anything else is done. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Makes sure that results do not replace what they are made from.
     *
     * @throws CommandFailure if {@code out} is a folder or one of the inputs
     */
    static void requireOwnPlace(Path out, List<Path> inputs) {
        if (Files.isDirectory(out)) {
            throw CommandFailure.job("--out '" + out + "' is a folder; name a file");
        }
        for (Path input : inputs) {
            if (input.toAbsolutePath().normalize().equals(out.toAbsolutePath().normalize())) {
                throw CommandFailure.usage("--out '" + out + "' would overwrite an input; name another file");
            }
        }
    }
}
