package dev.rnnc.cli;

import dev.rnnc.cli.data.Utf8Reader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;

/**
 * A text to train on or to score; it is read piece by piece, as often as wanted.
 *
 * @param source opens it at its start
 * @param name where the characters come from, for messages
 */
record TextData(Source source, String name) {
    /** Opens a text. */
    @FunctionalInterface
    interface Source {
        Reader open() throws IOException;
    }

    /** A text in memory. */
    static TextData of(String content, String name) {
        return new TextData(() -> new StringReader(content), name);
    }

    /**
     * A UTF-8 file or pipe. A byte order mark at its start is not part of the text. Bytes that are not UTF-8 are reported where
     * they are met.
     *
     * @throws CommandFailure if the file is missing, unreadable or empty
     */
    static TextData read(Path file) {
        Path kept = Pipe.is(file)
                ? Pipe.kept(InputFile.require(file, "text file"))
                : InputFile.requireRegular(file, "text file");
        TextData text = new TextData(() -> new Utf8Reader(kept, "text file"), file.toString());
        try (Reader reader = text.open()) {
            if (reader.read() < 0) {
                throw CommandFailure.job("text file '" + file + "' is empty");
            }
        } catch (IOException e) {
            throw InputFile.failure("cannot read text file", file, e);
        }
        return text;
    }

    /** The text from its start. */
    Reader open() throws IOException {
        return source.open();
    }

    /** All of a short text. */
    String content() {
        StringWriter content = new StringWriter();
        try (Reader reader = open()) {
            reader.transferTo(content);
        } catch (IOException e) {
            throw unreadable(e);
        }
        return content.toString();
    }

    /** A failure to read on. */
    CommandFailure unreadable(IOException e) {
        return CommandFailure.job("cannot read text '" + name + "': " + InputFile.reason(e), e);
    }
}
