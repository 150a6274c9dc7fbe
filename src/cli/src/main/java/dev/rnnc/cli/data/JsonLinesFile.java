package dev.rnnc.cli.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON Lines: one object a line, in UTF-8. Its members are the columns; values are scalars or arrays. */
public final class JsonLinesFile implements RowFile {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path path;
    private final List<String> columns;
    private final Row first;

    /**
     * Reads the first object.
     *
     * @throws DataException if there is none
     */
    public JsonLinesFile(Path path) {
        this.path = path;
        try (BufferedReader reader = open()) {
            long line = 0;
            String text;
            do {
                text = reader.readLine();
                line++;
            } while (text != null && text.isBlank());
            if (text == null) {
                throw new DataException("JSON Lines file '" + path + "' is empty");
            }
            if (text.stripLeading().startsWith("[")) {
                throw new DataException(("%s:%s: JSON Lines has one object a line, but this is an array;"
                                + " convert it first, e.g. jq -c '.[]'")
                        .formatted(path, line));
            }
            Map<String, Cell> members = parse(text);
            columns = List.copyOf(members.keySet());
            first = new Row(line, List.copyOf(members.values()));
        } catch (BadRows.BadRow e) {
            throw new DataException(path + ": the first object: " + e.getMessage(), e);
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
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
        try (BufferedReader reader = open()) {
            long line = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                Map<String, Cell> members;
                try {
                    members = parse(text);
                } catch (BadRows.BadRow e) {
                    bad.report(this, line, e.getMessage());
                    continue;
                }
                List<Cell> cells = new ArrayList<>(wanted.size());
                for (String name : wanted) {
                    cells.add(members.getOrDefault(name, new Cell.Missing()));
                }
                offer(new Row(line, cells), bad, sink);
            }
        } catch (IOException e) {
            throw RowFile.unreadable(path, e);
        }
    }

    private BufferedReader open() throws IOException {
        return new BufferedReader(new Utf8Reader(path, "JSON Lines file"));
    }

    private static Map<String, Cell> parse(String text) throws BadRows.BadRow {
        try (JsonParser json = FACTORY.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new BadRows.BadRow("the line is not a JSON object");
            }
            Map<String, Cell> members = new LinkedHashMap<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                members.put(name, value(json, name));
            }
            if (json.nextToken() != null) {
                throw new BadRows.BadRow("something follows the object; each line holds one object");
            }
            return members;
        } catch (JsonProcessingException e) {
            throw new BadRows.BadRow("the line is not JSON, column %s: %s"
                    .formatted(
                            e.getLocation().getColumnNr(),
                            e.getOriginalMessage().lines().findFirst().orElse("")));
        } catch (IOException e) {
            throw new IllegalStateException("reading from a string", e);
        }
    }

    private static Cell value(JsonParser json, String name) throws IOException, BadRows.BadRow {
        return switch (json.currentToken()) {
            case VALUE_NULL -> new Cell.Missing();
            case START_ARRAY -> array(json, name);
            case START_OBJECT -> {
                // An object may stand in a column that nobody asks for.
                json.skipChildren();
                yield new Cell.Missing();
            }
            default -> new Cell.Single(json.getText());
        };
    }

    private static Cell array(JsonParser json, String name) throws IOException, BadRows.BadRow {
        List<String> texts = new ArrayList<>();
        int inner = -1;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            int before = texts.size();
            boolean nested = token == JsonToken.START_ARRAY;
            if (nested) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    texts.add(scalar(json, name));
                }
            } else {
                texts.add(scalar(json, name));
            }
            int length = nested ? texts.size() - before : 0;
            if (inner >= 0 && length != inner) {
                throw new BadRows.BadRow(
                        "column '%s': the elements of the array differ in length: %s and %s numbers at place %s"
                                .formatted(name, Math.max(1, inner), Math.max(1, length), before));
            }
            inner = length;
        }
        return new Cell.Several(texts, Math.max(0, inner));
    }

    private static String scalar(JsonParser json, String name) throws IOException, BadRows.BadRow {
        if (!json.currentToken().isScalarValue() || json.currentToken() == JsonToken.VALUE_NULL) {
            throw new BadRows.BadRow("column '%s': an array holds %s, but numbers and strings are expected"
                    .formatted(
                            name, json.currentToken() == JsonToken.VALUE_NULL ? "null" : "arrays or objects too deep"));
        }
        return json.getText();
    }
}
