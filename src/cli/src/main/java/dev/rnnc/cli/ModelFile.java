package dev.rnnc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

/** Opens the model file a command works on. */
final class ModelFile {
    private ModelFile() {}

    /**
     * Checks {@code file} and returns its model; warnings go to {@code err}.
     *
     * @throws CommandFailure if the file cannot be read, or with {@link ExitCode#MODEL} if it has errors
     */
    static Backend.Source open(Backend backend, Path file, PrintWriter err) {
        Backend.Checked checked = check(backend, file);
        if (checked.model().isEmpty()) {
            throw CommandFailure.model(checked.rendered());
        }
        err.print(checked.rendered());
        err.flush();
        return checked.model().get();
    }

    /**
     * Makes sure that a model can be trained or scored.
     *
     * @throws CommandFailure if it states no loss
     */
    static void requireLoss(Backend.Source model) {
        if (!model.hasLoss()) {
            throw CommandFailure.job("model " + model.spec().name()
                    + " has no loss; state one, as in 'loss crossentropy(logits, next)'");
        }
    }

    /** Checks {@code file}, which may have errors. */
    static Backend.Checked check(Backend backend, Path file) {
        return read(file, backend::check);
    }

    /** The same for a file of cells, functions or constants too, which lacks no model. */
    static Backend.Checked checkAny(Backend backend, Path file) {
        return read(file, backend::checkAny);
    }

    /** What reads a file. */
    interface Reader<T> {
        /** Reads {@code file}. */
        T read(Path file) throws IOException;
    }

    /**
     * What {@code reader} makes of a file.
     *
     * @throws CommandFailure if the file cannot be read
     */
    static <T> T read(Path file, Reader<T> reader) {
        InputFile.require(file, "model file");
        try {
            return reader.read(file);
        } catch (CharacterCodingException e) {
            throw CommandFailure.job("model file '" + file + "' is not UTF-8 text");
        } catch (IOException e) {
            throw InputFile.failure("cannot read model file", file, e);
        }
    }
}
