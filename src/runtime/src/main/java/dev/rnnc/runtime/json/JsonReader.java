package dev.rnnc.runtime.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Recursive descent over a text in memory. */
final class JsonReader {
    static final int MAX_DEPTH = 32;

    private final String text;
    private int position;

    JsonReader(String text) {
        this.text = text;
    }

    JsonValue document() throws JsonException {
        skipSpace();
        JsonValue value = value(1);
        skipSpace();
        if (position < text.length()) {
            throw error("nothing may follow the value, but " + shown() + " does");
        }
        return value;
    }

    private JsonValue value(int depth) throws JsonException {
        if (depth > MAX_DEPTH) {
            throw error("values nest deeper than " + MAX_DEPTH + " levels");
        }
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new JsonValue.Text(string());
            case 't' -> word("true", new JsonValue.Bool(true));
            case 'f' -> word("false", new JsonValue.Bool(false));
            case 'n' -> word("null", new JsonValue.Null());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw error("a value was expected, but " + shown() + " stands here");
        };
    }

    private JsonValue object(int depth) throws JsonException {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        expect('{');
        skipSpace();
        if (!accept('}')) {
            do {
                skipSpace();
                int start = position;
                if (peek() != '"') {
                    throw error("a member name in quotes was expected, but " + shown() + " stands here");
                }
                String name = string();
                skipSpace();
                expect(':');
                skipSpace();
                JsonValue value = value(depth + 1);
                if (members.putIfAbsent(name, value) != null) {
                    position = start;
                    throw error("the name " + Json.quote(name) + " stands twice in one object");
                }
                skipSpace();
            } while (accept(','));
            expect('}');
        }
        return new JsonValue.Members(members);
    }

    private JsonValue array(int depth) throws JsonException {
        List<JsonValue> elements = new ArrayList<>();
        expect('[');
        skipSpace();
        if (!accept(']')) {
            do {
                skipSpace();
                elements.add(value(depth + 1));
                skipSpace();
            } while (accept(','));
            expect(']');
        }
        return new JsonValue.Array(elements);
    }

    private JsonValue word(String word, JsonValue value) throws JsonException {
        if (!text.startsWith(word, position)) {
            throw error("a value was expected, but " + shown() + " stands here");
        }
        position += word.length();
        return value;
    }

    private JsonValue number() throws JsonException {
        int start = position;
        accept('-');
        if (!accept('0')) {
            digits();
        }
        if (accept('.')) {
            digits();
        }
        if (accept('e') || accept('E')) {
            if (!accept('+')) {
                accept('-');
            }
            digits();
        }
        return new JsonValue.Number(text.substring(start, position));
    }

    private void digits() throws JsonException {
        int start = position;
        while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
        if (position == start) {
            throw error("a digit was expected, but " + shown() + " stands here");
        }
    }

    private String string() throws JsonException {
        int start = position;
        expect('"');
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = peek();
            if (c < 0x20) {
                throw error(
                        position < text.length()
                                ? "a control character in a string must be escaped"
                                : "the text ends within a string");
            }
            position++;
            if (c == '"') {
                break;
            }
            out.append(c == '\\' ? escape() : c);
        }
        for (int i = 0; i < out.length(); i++) {
            if (Character.isHighSurrogate(out.charAt(i))
                    && i + 1 < out.length()
                    && Character.isLowSurrogate(out.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(out.charAt(i))) {
                position = start;
                throw error("the string holds half of a surrogate pair");
            }
        }
        return out.toString();
    }

    private char escape() throws JsonException {
        char c = peek();
        position++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++, position++) {
                    char hex = peek();
                    int digit = hex < 0x80 ? Character.digit(hex, 16) : -1;
                    if (digit < 0) {
                        throw error("four hexadecimal digits were expected after \\u");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> {
                position--;
                throw error("an escape such as \\n was expected after \\, but " + shown() + " stands here");
            }
        };
    }

    private void skipSpace() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private boolean accept(char c) {
        if (position < text.length() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) throws JsonException {
        if (!accept(c)) {
            throw error("'" + c + "' was expected, but " + shown() + " stands here");
        }
    }

    /** The character at the position, or 0 at the end, which no rule accepts. */
    private char peek() {
        return position < text.length() ? text.charAt(position) : 0;
    }

    private String shown() {
        return position < text.length()
                ? Json.quote(new String(Character.toChars(text.codePointAt(position))))
                : "the end of the text";
    }

    private JsonException error(String message) {
        int end = Math.min(position, text.length());
        long line = 1 + text.substring(0, end).chars().filter(c -> c == '\n').count();
        int column = end - (text.lastIndexOf('\n', end - 1) + 1) + 1;
        return new JsonException("line " + line + ", column " + column + ": " + message);
    }
}
