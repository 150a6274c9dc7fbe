package dev.rnnc.cli.data;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Hands the characters of a CSV file on and follows its quotes on the way: the parser takes a row with a character behind
 * a closing quote, and one whose quote is never closed, for rows like others.
 */
final class QuoteCheck extends FilterReader {
    /** Where the next character stands. */
    private enum State {
        /** At the start of a cell. */
        START,
        /** In a cell without quotes. */
        PLAIN,
        /** Between quotes. */
        QUOTED,
        /** Behind a quote that closes the cell, or is the first of two. */
        CLOSED,
        /** Behind a character that follows a closing quote. */
        STRAY
    }

    private final Path path;
    private final char delimiter;
    private final Set<Long> strayRows = new HashSet<>();
    private State state = State.START;
    private char before;
    private long line = 1;
    private long rowLine = 1;
    private long quoteLine;

    QuoteCheck(Reader in, Path path, char delimiter) {
        super(in);
        this.path = path;
        this.delimiter = delimiter;
    }

    @Override
    public int read() throws IOException {
        char[] one = new char[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    /** @throws DataException at the end of the file if a quote is open */
    @Override
    public int read(char[] into, int from, int length) throws IOException {
        int count = in.read(into, from, length);
        for (int i = from; i < from + count; i++) {
            follow(into[i]);
        }
        if (count < 0 && state == State.QUOTED) {
            throw unclosed();
        }
        return count;
    }

    private void follow(char c) {
        boolean feed = c == '\n' && before == '\r';
        boolean end = c == '\r' || c == '\n';
        before = c;
        if (end && !feed) {
            line++;
        }
        if (state == State.QUOTED) {
            state = c == '"' ? State.CLOSED : State.QUOTED;
        } else if (end) {
            state = State.START;
            rowLine = line;
        } else if (c == delimiter) {
            state = State.START;
        } else if (c == '"' && state != State.PLAIN) {
            // Of two quotes in a row within quotes, the second goes on with the same text.
            quoteLine = state == State.CLOSED ? quoteLine : line;
            state = State.QUOTED;
        } else if (state == State.CLOSED || state == State.STRAY) {
            strayRows.add(rowLine);
            state = State.STRAY;
        } else {
            state = State.PLAIN;
        }
    }

    /** Whether a character follows a closing quote in the row that starts in this line, which was read. */
    boolean isStray(long row) {
        return strayRows.remove(row);
    }

    /** Whether all that was read ends between quotes. */
    boolean isOpen() {
        return state == State.QUOTED;
    }

    /** The failure of a file whose quote is never closed. */
    DataException unclosed() {
        return new DataException(
                "%s:%s: the quote that opens in this line is never closed; close it, or write \"\" for a"
                                .formatted(path, quoteLine)
                        + " quote within quotes");
    }
}
