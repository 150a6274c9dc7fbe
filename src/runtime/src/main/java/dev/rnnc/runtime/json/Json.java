package dev.rnnc.runtime.json;

/** Reading and quoting of JSON (RFC 8259). */
public final class Json {
    private Json() {}

    /**
     * Reads one JSON value that fills the whole text.
     *
     * @throws JsonException if the text is not JSON, an object names a member twice, values nest deeper than
     *     {@value JsonReader#MAX_DEPTH} levels, or a string holds half of a surrogate pair
     */
    public static JsonValue parse(String text) throws JsonException {
        return new JsonReader(text).document();
    }

    /** {@code text} as a JSON string in quotes. Control characters and lone surrogates are escaped, the rest is not. */
    public static String quote(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        text.codePoints().forEach(symbol -> {
            switch (symbol) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (isUnreadable(symbol)) {
                        out.append(String.format("\\u%04x", symbol));
                    } else {
                        out.appendCodePoint(symbol);
                    }
                }
            }
        });
        return out.append('"').toString();
    }

    /** Controls, line separators, byte order mark and surrogates would be lost or unseen in an editor. */
    private static boolean isUnreadable(int symbol) {
        return symbol < 0x20
                || (symbol >= 0x7f && symbol < 0xa0)
                || symbol == 0x2028
                || symbol == 0x2029
                || symbol == 0xfeff
                || (symbol >= 0xd800 && symbol <= 0xdfff);
    }
}
