package dev.rnnc.cli;

import java.io.IOException;
import java.nio.file.Path;

/** The compiler itself. */
final class CompilerBackend implements Backend {
    @Override
    public Checked check(Path file) throws IOException {
        throw new InternalError("stage driver, model " + file + ": the compiler is not part of this build", null);
    }
}
