package dev.rnnc.compiler.diag;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing to tell the user.
 *
 * @param kind what is wrong
 * @param span where
 * @param arguments what the kind's message is filled with
 * @param hint what to do about it
 */
public record Diagnostic(DiagnosticKind kind, Span span, List<String> arguments, Optional<String> hint) {
    /** Characters of a line that are shown. */
    private static final int LINE = 400;

    public Diagnostic {
        arguments = List.copyOf(arguments);
    }

    /** How much it weighs. */
    public Severity severity() {
        return kind.severity();
    }

    /** The message, without place and hint; control characters of the text are escaped. */
    public String message() {
        return Shown.escaped(kind.message(arguments));
    }

    /** Place, message, source line, caret line and hint; each line ends with a line feed. */
    public String render() {
        String where = "%s:%s:%s: ".formatted(Shown.escaped(span.source().name()), span.line(), span.column());
        String whole = span.source().lineText(span.line());
        int column = Math.min(span.column() - 1, whole.length());
        // Of a line that no screen holds, what stands around the place.
        int from = whole.length() > LINE ? Math.max(0, column - LINE / 4) : 0;
        String line =
                whole.substring(from, whole.length() > LINE ? Math.min(whole.length(), from + LINE) : whole.length());
        int first = column - from;
        int end = first + Math.max(0, Math.min(span.end() - span.start(), line.length() - first));
        String before = Shown.escaped(line.substring(0, first));
        String marked = Shown.escaped(line.substring(first, end));
        // Tabs are kept in front of the caret, so that it stands under its text whatever a tab's width.
        String indent = before.replaceAll("[^\\t]", " ");
        return where + severity().name().toLowerCase(Locale.ROOT) + ": " + message() + "\n"
                + before + marked + Shown.escaped(line.substring(end)) + "\n"
                + indent + "^" + "~".repeat(Math.max(0, marked.length() - 1)) + "\n"
                + hint.map(h -> "hint: " + Shown.escaped(h) + "\n").orElse("");
    }
}
