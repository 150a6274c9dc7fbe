package dev.rnnc.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/**
 * Standard output that remembers its first failure, where {@link java.io.PrintStream} only says that there was one. Whoever
 * prints goes on all the same: a training is worth more than what it tells.
 */
final class StandardOutput extends OutputStream {
    private final OutputStream stream;
    private IOException failure;

    StandardOutput(OutputStream stream) {
        this.stream = stream;
    }

    /** Why something that was printed is lost; empty if nothing is, or if its reader did not want more, as {@code head}. */
    synchronized Optional<String> failure() {
        return Optional.ofNullable(failure)
                .map(InputFile::reason)
                .filter(reason -> !reason.toLowerCase(Locale.ROOT).contains("pipe"));
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) {
        if (failure == null) {
            try {
                stream.write(bytes, from, count);
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    @Override
    public synchronized void flush() {
        if (failure == null) {
            try {
                stream.flush();
            } catch (IOException e) {
                failure = e;
            }
        }
    }
}
