package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads weight maps. Each line is one of
 *
 * <pre>
 * PARAMETER = SOURCE           SOURCE: zeros, initial, or TENSOR [| STEP]... [+ TENSOR [| STEP]...]...
 * ignore PATTERN               STEP: transpose, flatten, row N, rows FROM:TO, gates FROM TO
 * </pre>
 *
 * <p>{@code #} begins a comment; a name with blanks or one of {@code = | + " #} stands in quotes as in JSON. A text that
 * begins with a brace is a JSON object from parameters to tensors.
 */
public final class WeightMapReader {
    private static final String STEPS = "transpose, flatten, row N, rows FROM:TO, gates FROM TO";
    private static final String SPECIAL = "=|+\"";

    private final List<String> words = new ArrayList<>();
    private int next;

    private WeightMapReader() {}

    /**
     * Reads a whole text.
     *
     * @throws WeightMapException if it is no weight map
     */
    public static WeightMap read(String text) throws WeightMapException {
        if (text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[")) {
            return readJson(text);
        }
        LinkedHashMap<String, Source> sources = new LinkedHashMap<>();
        List<String> ignored = new ArrayList<>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            try {
                WeightMapReader reader = new WeightMapReader();
                reader.split(line);
                reader.line(sources, ignored);
            } catch (LayoutException e) {
                throw new WeightMapException("line " + number + ": " + e.getMessage());
            }
        }
        return new WeightMap(sources, ignored, Map.of());
    }

    private static WeightMap readJson(String text) throws WeightMapException {
        try {
            LinkedHashMap<String, Source> sources = new LinkedHashMap<>();
            JsonValue value = Json.parse(text);
            if (!(value instanceof JsonValue.Members object)) {
                throw new WeightMapException(
                        "it is not a JSON object of names, as in {\"h1.weight_ih\": \"rnn.weight_ih_l0\"}");
            }
            for (Map.Entry<String, JsonValue> entry : object.members().entrySet()) {
                if (!(entry.getValue() instanceof JsonValue.Text tensor)) {
                    throw new WeightMapException("'" + entry.getKey() + "' goes with "
                            + entry.getValue().kind() + ", but the name of a tensor is expected");
                }
                sources.put(entry.getKey(), Source.Sum.of(tensor.value()));
            }
            return new WeightMap(sources, List.of(), Map.of());
        } catch (JsonException e) {
            throw new WeightMapException(e.getMessage());
        }
    }

    /** Whether a name can stand without quotes. */
    static boolean isWord(String name) {
        return !name.isEmpty()
                && !name.startsWith("#")
                && name.chars().noneMatch(c -> Character.isWhitespace(c) || SPECIAL.indexOf(c) >= 0);
    }

    private void split(String line) {
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            int end = at + 1;
            if (Character.isWhitespace(c)) {
                at = end;
                continue;
            }
            if (c == '#') {
                return;
            }
            if (c == '"') {
                while (end < line.length() && line.charAt(end) != '"') {
                    end += line.charAt(end) == '\\' ? 2 : 1;
                }
                if (end >= line.length()) {
                    throw new LayoutException("the quote at column " + (at + 1) + " is never closed");
                }
                end++;
            } else if (SPECIAL.indexOf(c) < 0) {
                while (end < line.length()
                        && !Character.isWhitespace(line.charAt(end))
                        && SPECIAL.indexOf(line.charAt(end)) < 0) {
                    end++;
                }
            }
            words.add(line.substring(at, end));
            at = end;
        }
    }

    private void line(Map<String, Source> sources, List<String> ignored) {
        if (words.isEmpty()) {
            return;
        }
        if (words.getFirst().equals("ignore") && words.size() == 2) {
            next = 1;
            ignored.add(name("a pattern of tensors"));
            return;
        }
        String parameter = name("a parameter");
        expect("=", "PARAMETER = TENSOR, or ignore PATTERN");
        Source source = source();
        if (next < words.size()) {
            throw new LayoutException("'" + words.get(next) + "' is not expected; after a tensor comes '|' and a step ("
                    + STEPS + "), or '+' and a tensor");
        }
        if (sources.putIfAbsent(parameter, source) != null) {
            throw new LayoutException("parameter '" + parameter + "' is named twice");
        }
    }

    private Source source() {
        if (words.size() == next + 1 && words.get(next).equals("zeros")) {
            next++;
            return new Source.Zeros();
        }
        if (words.size() == next + 1 && words.get(next).equals("initial")) {
            next++;
            return new Source.Initial();
        }
        List<Source.Part> parts = new ArrayList<>();
        parts.add(part());
        while (isNext("+")) {
            next++;
            parts.add(part());
        }
        return new Source.Sum(parts);
    }

    private Source.Part part() {
        String tensor = name("a tensor");
        List<LayoutStep> steps = new ArrayList<>();
        while (isNext("|")) {
            next++;
            steps.add(step());
        }
        return new Source.Part(tensor, steps);
    }

    private LayoutStep step() {
        String step = name("a step: " + STEPS);
        return switch (step) {
            case "transpose" -> new LayoutStep.Transpose();
            case "flatten" -> new LayoutStep.Flatten();
            case "row" -> new LayoutStep.Row(number(name("a number behind 'row'")));
            case "rows" -> rows(name("FROM:TO behind 'rows'"));
            case "gates" -> new LayoutStep.Gates(name("two orders behind 'gates'"), name("two orders behind 'gates'"));
            default -> throw new LayoutException("there is no step '" + step + "'; there are " + STEPS);
        };
    }

    private static LayoutStep rows(String range) {
        String[] ends = range.split(":", -1);
        if (ends.length != 2) {
            throw new LayoutException("'rows " + range + "': FROM:TO is expected, as in 'rows 0:128'");
        }
        return new LayoutStep.Rows(number(ends[0]), number(ends[1]));
    }

    private static int number(String word) {
        if (!word.matches("[0-9]{1,9}")) {
            throw new LayoutException("'" + word + "' is no whole number from 0 on");
        }
        return Integer.parseInt(word);
    }

    private boolean isNext(String word) {
        return next < words.size() && words.get(next).equals(word);
    }

    private void expect(String word, String form) {
        if (!isNext(word)) {
            throw new LayoutException("'" + word + "' is expected "
                    + (next < words.size() ? "before '" + words.get(next) + "'" : "at the end of the line") + ": "
                    + form);
        }
        next++;
    }

    private String name(String what) {
        if (next >= words.size() || words.get(next).length() == 1 && SPECIAL.contains(words.get(next))) {
            throw new LayoutException(
                    (next < words.size() ? "'" + words.get(next) + "' stands where " : "at the end of the line, ")
                            + what + " is expected");
        }
        String word = words.get(next++);
        if (!word.startsWith("\"")) {
            return word;
        }
        try {
            return ((JsonValue.Text) Json.parse(word)).value();
        } catch (JsonException e) {
            throw new LayoutException("the name " + word + " is not quoted as in JSON");
        }
    }
}
