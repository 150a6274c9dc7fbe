package dev.rnnc.cli.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** A CSV file (RFC 4180) in UTF-8. Without a header its columns are called by their numbers, from 1. */
public final class CsvFile implements RowFile {
    /** Rows in which the kind of a column is looked for whose first cells are empty. */
    private static final int LOOKED_AT = 1000;

    private static final String DELIMITERS = ",;\t|";

    private final Path path;
    private final char delimiter;
    private final boolean header;
    private final List<String> columns;
    private final Row first;
    private final boolean numericHeader;
    /** Whether a line before the header states the delimiter. */
    private final boolean preamble;

    /**
     * Reads the header and the first row.
     *
     * @param delimiter what stands between cells; the candidate that the first line has most of if 0
     * @param header whether the first row names the columns
     * @throws DataException if there is no header, a name stands in it twice, or no row follows
     */
    public CsvFile(Path path, char delimiter, boolean header) {
        this.path = path;
        this.header = header;
        char stated = stated(path);
        this.preamble = stated != 0;
        this.delimiter = delimiter != 0 ? delimiter : preamble ? stated : guess(path);
        try (QuoteCheck quotes = quotes();
                CsvReader<CsvRecord> reader = open(quotes)) {
            Iterator<CsvRecord> records = reader.iterator();
            if (preamble) {
                records.next();
            }
            if (!records.hasNext()) {
                throw new DataException("CSV file '" + path + "' is empty");
            }
            CsvRecord start = records.next();
            columns = header
                    ? names(start.getFields())
                    : IntStream.rangeClosed(1, start.getFieldCount())
                            .mapToObj(Integer::toString)
                            .toList();
            numericHeader = header && start.getFields().stream().allMatch(CsvFile::isNumber);
            CsvRecord row = start;
            if (header) {
                if (!records.hasNext()) {
                    throw new DataException("CSV file '" + path + "' has a header, but no rows");
                }
                row = records.next();
            }
            long line = row.getStartingLineNumber();
            Cell[] cells = new Cell[columns.size()];
            Arrays.fill(cells, new Cell.Missing());
            // A cell that is empty does not say what its column holds, so the next row is asked.
            for (int rows = 0; ; rows++) {
                boolean open = false;
                for (int i = 0; i < cells.length; i++) {
                    if (cells[i] instanceof Cell.Missing && i < row.getFieldCount()) {
                        cells[i] = cell(row.getField(i));
                    }
                    open |= cells[i] instanceof Cell.Missing;
                }
                if (!open || rows == LOOKED_AT || !records.hasNext()) {
                    break;
                }
                row = records.next();
            }
            first = new Row(line, List.of(cells));
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        } catch (CsvParseException e) {
            throw broken(e);
        }
    }

    /** Whether the row that was taken for the header holds numbers only. */
    public boolean numericHeader() {
        return numericHeader;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<String> columns() {
        return columns;
    }

    @Override
    public Row first() {
        return first;
    }

    @Override
    public void read(List<String> wanted, BadRows bad, Sink sink) {
        int[] places = wanted.stream().mapToInt(columns::indexOf).toArray();
        try (QuoteCheck quotes = quotes();
                CsvReader<CsvRecord> reader = open(quotes)) {
            int skip = (preamble ? 1 : 0) + (header ? 1 : 0);
            for (CsvRecord record : reader) {
                if (skip > 0) {
                    skip--;
                    continue;
                }
                if (quotes.isStray(record.getStartingLineNumber())) {
                    bad.report(
                            this,
                            record.getStartingLineNumber(),
                            "a character follows the closing quote of a cell; a quote within quotes is written twice");
                    continue;
                }
                if (record.getFieldCount() != columns.size()) {
                    bad.report(
                            this,
                            record.getStartingLineNumber(),
                            "the row has %s cells, but %s %s"
                                    .formatted(
                                            record.getFieldCount(),
                                            header ? "the header names" : "the first row has",
                                            columns.size()));
                    continue;
                }
                List<Cell> cells = new ArrayList<>(places.length);
                for (int place : places) {
                    cells.add(cell(record.getField(place)));
                }
                offer(new Row(record.getStartingLineNumber(), cells), bad, sink);
            }
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        } catch (CsvParseException e) {
            throw broken(e);
        }
    }

    private QuoteCheck quotes() throws IOException {
        return new QuoteCheck(new Utf8Reader(path, "CSV file"), path, delimiter);
    }

    private CsvReader<CsvRecord> open(QuoteCheck quotes) {
        // Rows of another length are counted and told of here, with their line.
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .allowExtraCharsAfterClosingQuote(true)
                .ofCsvRecord(quotes);
    }

    private DataException broken(CsvParseException e) {
        if (e.getCause() instanceof DataException cause) {
            return cause;
        }
        return new DataException("'%s' is not a CSV file: %s".formatted(path, e.getMessage()), e);
    }

    private List<String> names(List<String> fields) {
        List<String> names = fields.stream().map(String::strip).toList();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new DataException("%s:1: the header names column '%s' twice; rename one".formatted(path, name));
            }
        }
        return names;
    }

    private static Cell cell(String text) {
        String stripped = text.strip();
        return stripped.isEmpty() ? new Cell.Missing() : new Cell.Single(stripped);
    }

    private static boolean isNumber(String text) {
        try {
            FieldReader.number(text.strip(), "");
            return true;
        } catch (BadRows.BadRow e) {
            return false;
        }
    }

    /** The delimiter that the first line states as spreadsheets write it, {@code sep=;}; 0 if it does not. */
    private static char stated(Path path) {
        try (Utf8Reader reader = new Utf8Reader(path, "CSV file")) {
            StringBuilder line = new StringBuilder();
            for (int c = reader.read(); c >= 0 && c != '\n' && c != '\r' && line.length() < 6; c = reader.read()) {
                line.append((char) c);
            }
            return line.length() == 5 && line.toString().startsWith("sep=") ? line.charAt(4) : 0;
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        }
    }

    private static char guess(Path path) {
        int[] counts = new int[DELIMITERS.length()];
        try (Utf8Reader reader = new Utf8Reader(path, "CSV file")) {
            boolean quoted = false;
            for (int c = reader.read(); c >= 0 && (quoted || c != '\n'); c = reader.read()) {
                quoted ^= c == '"';
                int which = DELIMITERS.indexOf(c);
                if (which >= 0 && !quoted) {
                    counts[which]++;
                }
            }
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        }
        int most = 0;
        for (int i = 1; i < counts.length; i++) {
            most = counts[i] > counts[most] ? i : most;
        }
        return DELIMITERS.charAt(most);
    }
}
