package dev.rnnc.cli.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes rows of named columns, one at a time. */
public sealed interface RowWriter extends AutoCloseable {
    /** Writes a row: a value for each column, a {@code String} or a number. */
    void row(List<Object> values) throws IOException;

    @Override
    void close() throws IOException;

    /**
     * A writer for a file, replacing one that exists: JSON Lines if it is called so, else CSV.
     *
     * @param path {@code .jsonl} or {@code .csv}
     */
    static RowWriter open(Path path, List<String> columns) throws IOException {
        return path.toString().endsWith(".jsonl") ? new JsonLines(path, columns) : new Csv(path, columns);
    }

    /** A writer of CSV to where others write too; to close it does no more than flush. */
    static RowWriter csv(Writer writer, List<String> columns) throws IOException {
        return new Csv(writer, columns);
    }

    /** CSV with a header. */
    final class Csv implements RowWriter {
        private final CsvWriter writer;

        private final boolean shared;

        private Csv(Path path, List<String> columns) throws IOException {
            writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(path);
            shared = false;
            try {
                writer.writeRecord(columns);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        private Csv(Writer target, List<String> columns) {
            writer = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(target);
            shared = true;
            writer.writeRecord(columns);
        }

        @Override
        public void row(List<Object> values) throws IOException {
            try {
                writer.writeRecord(values.stream().map(Object::toString).toList());
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }

        @Override
        public void close() throws IOException {
            if (shared) {
                writer.flush();
                return;
            }
            writer.close();
        }
    }

    /** One object a row. */
    final class JsonLines implements RowWriter {
        private final JsonGenerator json;
        private final List<String> columns;

        private JsonLines(Path path, List<String> columns) throws IOException {
            this.json = new JsonFactory().createGenerator(Files.newBufferedWriter(path));
            json.setPrettyPrinter(new MinimalPrettyPrinter("\n"));
            this.columns = columns;
        }

        @Override
        public void row(List<Object> values) throws IOException {
            json.writeStartObject();
            for (int i = 0; i < columns.size(); i++) {
                switch (values.get(i)) {
                    case Long whole -> json.writeNumberField(columns.get(i), whole);
                    case Float number -> json.writeNumberField(columns.get(i), number);
                    case Object text -> json.writeStringField(columns.get(i), text.toString());
                }
            }
            json.writeEndObject();
        }

        @Override
        public void close() throws IOException {
            json.writeRaw('\n');
            json.close();
        }
    }
}
