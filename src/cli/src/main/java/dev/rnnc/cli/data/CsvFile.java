package dev.rnnc.cli.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** A CSV file (RFC 4180) in UTF-8. Without a header its columns are called by their numbers, from 1. */
public final class CsvFile implements RowFile {
    private static final String DELIMITERS = ",;\t|";

    private final Path path;
    private final char delimiter;
    private final boolean header;
    private final List<String> columns;
    private final Row first;

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
        this.delimiter = delimiter == 0 ? guess(path) : delimiter;
        try (CsvReader<CsvRecord> reader = open()) {
            Iterator<CsvRecord> records = reader.iterator();
            if (!records.hasNext()) {
                throw new DataException("CSV file '" + path + "' is empty");
            }
            CsvRecord start = records.next();
            columns = header
                    ? names(start.getFields())
                    : IntStream.rangeClosed(1, start.getFieldCount())
                            .mapToObj(Integer::toString)
                            .toList();
            CsvRecord row = start;
            if (header) {
                if (!records.hasNext()) {
                    throw new DataException("CSV file '" + path + "' has a header, but no rows");
                }
                row = records.next();
            }
            List<Cell> cells = new ArrayList<>();
            for (int i = 0; i < columns.size(); i++) {
                cells.add(i < row.getFieldCount() ? cell(row.getField(i)) : new Cell.Missing());
            }
            first = new Row(row.getStartingLineNumber(), cells);
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        } catch (CsvParseException e) {
            throw broken(e);
        }
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
        try (CsvReader<CsvRecord> reader = open()) {
            boolean skip = header;
            for (CsvRecord record : reader) {
                if (skip) {
                    skip = false;
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

    private CsvReader<CsvRecord> open() throws IOException {
        // Rows of another length are counted and told of here, with their line.
        return CsvReader.builder()
                .fieldSeparator(delimiter)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(new Utf8Reader(path, "CSV file"));
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
