package dev.rnnc.cli.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON Lines: one object a line, in UTF-8. Its members are the columns; values are scalars or arrays. */
public final class JsonLinesFile implements RowFile {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /** Objects in which members are looked for: not each has all. */
    private static final int LOOKED_AT = 100;

    private static final String HALF = " holds half a surrogate pair, which is no character (was the text cut there?)";

    private static final Pattern NO_NUMBER = Pattern.compile("Non-standard token '([^']*)'.*");

    private final Path path;
    private final List<String> columns;
    private final Row first;

    /**
     * Reads the first objects.
     *
     * @throws DataException if there is none
     */
    public JsonLinesFile(Path path) {
        this.path = path;
        try (BufferedReader reader = open()) {
            Map<String, Cell> members = new LinkedHashMap<>();
            long line = 0;
            long start = 0;
            DataException broken = null;
            int objects = 0;
            for (String text = reader.readLine(); text != null && objects < LOOKED_AT; text = reader.readLine()) {
                line++;
                if (text.isBlank()) {
                    continue;
                }
                if (start == 0 && text.stripLeading().startsWith("[")) {
                    throw new DataException(("%s:%s: JSON Lines has one object a line, but this is an array;"
                                    + " convert it first, e.g. jq -c '.[]'")
                            .formatted(path, line));
                }
                if (start > 0
                        && broken != null
                        && objects == 0
                        && !text.stripLeading().startsWith("{")) {
                    throw broken;
                }
                start = start == 0 ? line : start;
                try {
                    for (Map.Entry<String, Cell> member : parse(text).entrySet()) {
                        members.merge(
                                member.getKey(),
                                member.getValue(),
                                (old, next) -> old instanceof Cell.Missing ? next : old);
                    }
                    objects++;
                } catch (BadRows.BadRow e) {
                    // Reported when all rows are read, unless no object comes at all.
                    broken = broken == null ? new DataException(path + ":" + line + ": " + e.getMessage(), e) : broken;
                }
            }
            if (start == 0) {
                throw new DataException("JSON Lines file '" + path + "' is empty");
            }
            if (objects == 0) {
                throw broken;
            }
            columns = List.copyOf(members.keySet());
            first = new Row(start, List.copyOf(members.values()));
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
                members.put(name, value(json));
            }
            if (json.nextToken() != null) {
                throw new BadRows.BadRow("something follows the object; each line holds one object");
            }
            return members;
        } catch (JsonEOFException e) {
            throw new BadRows.BadRow("the object does not end in this line, but JSON Lines has one object a line;"
                    + " convert a file of objects over several lines first, e.g. jq -c .");
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage().lines().findFirst().orElse("");
            Matcher wrong = NO_NUMBER.matcher(message);
            long column = e.getLocation().getColumnNr();
            throw new BadRows.BadRow(
                    wrong.matches()
                            ? "the line holds %s, which is no JSON number; write null where there is none"
                                    .formatted(wrong.group(1))
                            : "the line is not JSON, column %s: %s".formatted(column, message));
        } catch (IOException e) {
            throw new IllegalStateException("reading from a string", e);
        }
    }

    private static Cell value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case VALUE_NULL -> new Cell.Missing();
            case START_ARRAY -> array(json);
            case START_OBJECT -> {
                json.skipChildren();
                yield new Cell.Unreadable(" holds an object, but numbers and strings are expected");
            }
            default -> isText(json.getText()) ? new Cell.Single(json.getText()) : new Cell.Unreadable(HALF);
        };
    }

    /** Whether a string, which JSON may write with escapes, is text: no half of a surrogate pair stands alone. */
    private static boolean isText(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** An array to its end, whatever stands in it: there may be no port that reads it. */
    private static Cell array(JsonParser json) throws IOException {
        List<String> texts = new ArrayList<>();
        int inner = -1;
        String problem = "";
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            int before = texts.size();
            boolean nested = token == JsonToken.START_ARRAY;
            if (nested) {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    problem = first(problem, element(json, texts));
                }
            } else {
                problem = first(problem, element(json, texts));
            }
            int length = nested ? texts.size() - before : 0;
            if (inner >= 0 && length != inner) {
                problem = first(
                        problem,
                        ": the elements of the array differ in length: %s and %s numbers at place %s"
                                .formatted(Math.max(1, inner), Math.max(1, length), before));
            }
            inner = length;
        }
        return problem.isEmpty() ? new Cell.Several(texts, Math.max(0, inner)) : new Cell.Unreadable(problem);
    }

    private static String first(String problem, String next) {
        return problem.isEmpty() ? next : problem;
    }

    /** Adds one element to {@code texts}, or says why it cannot be one. */
    private static String element(JsonParser json, List<String> texts) throws IOException {
        JsonToken token = json.currentToken();
        if (token == JsonToken.VALUE_NULL || !token.isScalarValue()) {
            json.skipChildren();
            return ": an array holds %s, but numbers and strings are expected"
                    .formatted(token == JsonToken.VALUE_NULL ? "null" : "arrays or objects too deep");
        }
        texts.add(json.getText());
        return isText(json.getText()) ? "" : HALF;
    }
}
