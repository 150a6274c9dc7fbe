package dev.rnnc.compiler.diag;

import java.util.Locale;

/** Text of others as messages show it: a terminal obeys control characters, and some of Unicode turn the order of a line. */
public final class Shown {
    /** Marks that change the direction of what follows, and separators that are line breaks to some programs. */
    private static final String FORMATS =
            "\u061C\u200E\u200F\u2028\u2029\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFEFF";

    private Shown() {}

    /** The text with control characters, marks of direction and halves of surrogate pairs as {@code \}{@code uXXXX}. */
    public static String escaped(String text) {
        StringBuilder shown = null;
        for (int i = 0; i < text.length(); i++) {
            char symbol = text.charAt(i);
            boolean pair = Character.isHighSurrogate(symbol)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair && !isPlain(symbol)) {
                shown = shown == null ? new StringBuilder(text.substring(0, i)) : shown;
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) symbol));
            } else if (shown != null) {
                shown.append(symbol);
            }
            if (pair) {
                i++;
                if (shown != null) {
                    shown.append(text.charAt(i));
                }
            }
        }
        return shown == null ? text : shown.toString();
    }

    /** Line feeds and tabs stay: messages have lines of their own. */
    private static boolean isPlain(char symbol) {
        return symbol == '\n'
                || symbol == '\t'
                || !Character.isISOControl(symbol) && !Character.isSurrogate(symbol) && FORMATS.indexOf(symbol) < 0;
    }
}
