package dev.rnnc.cli.data;

import dev.rnnc.compiler.diag.Shown;
import java.util.ArrayList;
import java.util.List;

/** What happens to rows that cannot be used: the first ends the work, or all are left out and counted. */
public final class BadRows {
    private static final int SHOWN = 3;

    private final boolean skip;
    private final List<String> first = new ArrayList<>();
    private long count;

    public BadRows(boolean skip) {
        this.skip = skip;
    }

    /**
     * Takes note of a bad row.
     *
     * @throws DataException with what is wrong, unless bad rows are left out
     */
    void report(RowFile file, long line, String problem) {
        String message = file.path() + ":" + line + ": " + problem;
        if (!skip) {
            throw new DataException(message + "; mend the row, or leave bad rows out with --skip-bad");
        }
        count++;
        if (first.size() < SHOWN) {
            first.add(Shown.escaped(message));
        }
    }

    /** How many were left out. */
    public long count() {
        return count;
    }

    /** The first few of those left out, one message each, without control characters. */
    public List<String> examples() {
        return List.copyOf(first);
    }

    /** A row that cannot be used; the message says what is wrong with which column. */
    static final class BadRow extends Exception {
        private static final long serialVersionUID = 1L;

        BadRow(String message) {
            // Thrown once a bad row and never shown with its trace.
            super(message, null, false, false);
        }
    }
}
