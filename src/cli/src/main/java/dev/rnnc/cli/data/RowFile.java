package dev.rnnc.cli.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file of rows with named columns, read from its start to its end as often as wanted. */
public sealed interface RowFile permits CsvFile, JsonLinesFile {
    /** Where it lies. */
    Path path();

    /** The columns: those of the header, or the names in the first object. */
    List<String> columns();

    /** The first row, with all columns. */
    Row first();

    /**
     * Reads all rows.
     *
     * @param columns the columns that the rows shall have, each one of {@link #columns}
     * @param bad hears of rows that are broken as such: with too few cells, or no JSON
     * @throws DataException if the file cannot be read further
     */
    void read(List<String> columns, BadRows bad, Sink sink);

    /** Takes rows in the order of the file. */
    @FunctionalInterface
    interface Sink {
        void row(Row row) throws BadRows.BadRow;
    }

    /** Hands a row on and reports it if the sink finds it bad. */
    default void offer(Row row, BadRows bad, Sink sink) {
        try {
            sink.row(row);
        } catch (BadRows.BadRow e) {
            bad.report(this, row.line(), e.getMessage());
        }
    }

    /** A failure to read {@code path}. */
    static DataException unreadable(Path path, IOException cause) {
        return new DataException("cannot read '" + path + "': " + cause.getMessage(), cause);
    }
}
