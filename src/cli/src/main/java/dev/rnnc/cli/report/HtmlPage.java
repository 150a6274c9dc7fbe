package dev.rnnc.cli.report;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** One HTML file that needs no other: text, tables and SVG pictures below each other. Whatever is given is escaped. */
public final class HtmlPage {
    private static final String STYLE = """
            :root { color-scheme: light }
            body { font: 15px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 62rem;
                   margin: 2rem auto; padding: 0 1rem }
            h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
            table { border-collapse: collapse; margin: .6rem 0 } td, th { padding: .15rem .8rem .15rem 0; text-align: left;
                   vertical-align: top }
            th { border-bottom: 1px solid #999; font-weight: 600 } td.n, th.n { text-align: right }
            figure { margin: .8rem 0; overflow-x: auto } img { max-width: 100%; height: auto }
            pre { background: #f4f4f2; padding: .6rem; overflow-x: auto }
            table.counts { border-collapse: separate; border-spacing: 2px } table.counts th { border: 0 }
            table.counts td, table.counts th { padding: .2rem .55rem; text-align: right }
            td.tokens { font-family: ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
            mark { background: #ffd9c2; color: inherit }
            """;

    private static final double DARKEST = 0.9;
    private static final double DARK_FROM = 0.6;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    public HtmlPage(String title) {
        this.title = title;
        body.append("<h1>").append(escaped(title)).append("</h1>\n");
    }

    /** A heading. */
    public HtmlPage heading(String text) {
        body.append("<h2>").append(escaped(text)).append("</h2>\n");
        return this;
    }

    /** A paragraph. */
    public HtmlPage paragraph(String text) {
        body.append("<p>").append(escaped(text)).append("</p>\n");
        return this;
    }

    /** Points, one below the other. */
    public HtmlPage points(List<String> points) {
        if (!points.isEmpty()) {
            body.append("<ul>\n");
            points.forEach(point -> body.append("<li>").append(escaped(point)).append("</li>\n"));
            body.append("</ul>\n");
        }
        return this;
    }

    /** Text as it stands. */
    public HtmlPage preformatted(String text) {
        body.append("<pre>").append(escaped(text)).append("</pre>\n");
        return this;
    }

    /**
     * A table.
     *
     * @param alignment {@code l} or {@code r} for each column
     */
    public HtmlPage table(String alignment, List<String> head, List<List<String>> rows) {
        body.append("<table>\n");
        if (!head.isEmpty()) {
            row("th", alignment, head);
        }
        rows.forEach(row -> row("td", alignment, row));
        body.append("</table>\n");
        return this;
    }

    /**
     * Counts by row and column, the larger the darker.
     *
     * @param corner what rows and columns are
     * @param rows a name for each row
     * @param columns a name for each column
     * @param counts {@code [rows][columns]}, from 0 on
     */
    public HtmlPage counts(String corner, List<String> rows, List<String> columns, long[][] counts) {
        body.append("<table class=\"counts\">\n<tr><th>")
                .append(escaped(corner))
                .append("</th>");
        columns.forEach(column -> body.append("<th>").append(escaped(column)).append("</th>"));
        body.append("</tr>\n");
        for (int row = 0; row < rows.size(); row++) {
            // Within its row: a rare class would else be white throughout.
            long most = Math.max(1, Arrays.stream(counts[row]).max().orElse(1));
            body.append("<tr><th>").append(escaped(rows.get(row))).append("</th>");
            for (long count : counts[row]) {
                double share = (double) count / most;
                body.append(String.format(
                        Locale.ROOT,
                        "<td style=\"background: rgba(31, 119, 180, %.2f)%s\">%,d</td>",
                        DARKEST * share,
                        share > DARK_FROM ? "; color: #fff" : "",
                        count));
            }
            body.append("</tr>\n");
        }
        body.append("</table>\n");
        return this;
    }

    /**
     * A piece of a text.
     *
     * @param marked whether it stands out
     */
    public record Piece(String text, boolean marked) {}

    /**
     * A line of a table of texts.
     *
     * @param example what the line belongs to; empty where it is that of the line above
     * @param what what the text is
     * @param text its pieces, whose blanks and line breaks are kept
     */
    public record Line(String example, String what, List<Piece> text) {
        public Line {
            text = List.copyOf(text);
        }
    }

    /** Texts below each other. */
    public HtmlPage texts(List<Line> lines) {
        body.append("<table>\n");
        for (Line line : lines) {
            body.append("<tr><td>%s</td><td>%s</td><td class=\"tokens\">"
                    .formatted(escaped(line.example()), escaped(line.what())));
            for (Piece piece : line.text()) {
                String text = escaped(piece.text());
                body.append(piece.marked() ? "<mark>" + text + "</mark>" : text);
            }
            body.append("</td></tr>\n");
        }
        body.append("</table>\n");
        return this;
    }

    private void row(String cell, String alignment, List<String> row) {
        body.append("<tr>");
        for (int i = 0; i < row.size(); i++) {
            String kind = alignment.charAt(i) == 'r' ? " class=\"n\"" : "";
            body.append("<%s%s>%s</%s>".formatted(cell, kind, escaped(row.get(i)), cell));
        }
        body.append("</tr>\n");
    }

    /**
     * A picture.
     *
     * @param description what it shows, for those who do not see it
     * @param svg an SVG document
     */
    public HtmlPage picture(String description, String svg) {
        // As a picture of its own: its styles and names are not the page's.
        return picture(description, "svg+xml", svg.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A picture.
     *
     * @param description what it shows, for those who do not see it
     * @param png a PNG file
     */
    public HtmlPage picture(String description, byte[] png) {
        return picture(description, "png", png);
    }

    private HtmlPage picture(String description, String type, byte[] image) {
        body.append("<figure><img alt=\"")
                .append(escaped(description))
                .append("\" src=\"data:image/")
                .append(type)
                .append(";base64,")
                .append(Base64.getEncoder().encodeToString(image))
                .append("\"></figure>\n");
        return this;
    }

    /** The file. */
    @Override
    public String toString() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" + escaped(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
