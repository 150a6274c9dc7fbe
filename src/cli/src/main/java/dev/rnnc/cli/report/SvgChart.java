package dev.rnnc.cli.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes line charts as SVG with words as words; a drawing library would write each letter as an outline. */
final class SvgChart {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 400;
    private static final int LEFT = 76;
    private static final int RIGHT = 736;
    private static final int TOP = 40;
    private static final int BOTTOM = 348;
    private static final int LEGEND = 752;
    private static final int LEGEND_LINE = 20;
    private static final int TICKS = 9;
    private static final String STYLE =
            "text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:14px}"
                    + ".m{text-anchor:middle}.e{text-anchor:end}.grid{stroke:#e2e2e2}.axis{stroke:#333}"
                    + ".curve{fill:none;stroke-width:2}.dashed{stroke-dasharray:6 4;stroke-width:1.3}";

    private final LineChart chart;
    private final StringBuilder out;
    private double lowX;
    private double highX;
    private double lowY = Double.POSITIVE_INFINITY;
    private double highY = Double.NEGATIVE_INFINITY;

    private SvgChart(LineChart chart, StringBuilder out) {
        this.chart = chart;
        this.out = out;
    }

    /** The charts below each other. */
    static String document(List<LineChart> charts) {
        StringBuilder out = new StringBuilder();
        int height = HEIGHT * charts.size();
        out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
                .formatted(WIDTH, height, WIDTH, height));
        out.append("<style>").append(STYLE).append("</style>\n");
        out.append("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n".formatted(WIDTH, height));
        for (int i = 0; i < charts.size(); i++) {
            out.append("<g transform=\"translate(0 %d)\">\n".formatted(i * HEIGHT));
            new SvgChart(charts.get(i), out).write();
            out.append("</g>\n");
        }
        return out.append("</svg>\n").toString();
    }

    private void write() {
        List<LineChart.Points> points = new ArrayList<>();
        lowX = chart.first();
        highX = chart.first() + 1;
        for (LineChart.Curve curve : chart.curves()) {
            LineChart.Points drawn = chart.points(curve);
            points.add(drawn);
            highX = Math.max(highX, chart.first() + curve.values().size() - 1);
            drawn.values().forEach(value -> {
                lowY = Math.min(lowY, value);
                highY = Math.max(highY, value);
            });
        }
        double step = widen();
        text((LEFT + RIGHT) / 2, 22, "title m", chart.title());
        axes(step);
        int row = 0;
        for (int i = 0; i < points.size(); i++) {
            if (!points.get(i).at().isEmpty()) {
                curve(chart.curves().get(i), points.get(i), TOP + 10 + LEGEND_LINE * row++);
            }
        }
    }

    /** Widens the range of values to whole ticks, whose distance is the result. */
    private double widen() {
        if (lowY > highY) {
            lowY = 0;
            highY = 1;
        }
        double range = Math.max(highY - lowY, chart.logarithmic() ? 1 : 1e-9 * Math.max(1, Math.abs(highY)));
        double step = tick(range, chart.logarithmic());
        lowY = step * Math.floor(lowY / step);
        highY = step * Math.max(Math.ceil(highY / step), Math.floor(lowY / step) + 1);
        return step;
    }

    /** 1, 2 or 5 times a power of ten. */
    private static double tick(double range, boolean whole) {
        double rough = range / TICKS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step =
                rough <= power ? power : rough <= 2 * power ? 2 * power : rough <= 5 * power ? 5 * power : 10 * power;
        return whole ? Math.max(1, step) : step;
    }

    private void axes(double step) {
        for (long i = Math.round(lowY / step); i <= Math.round(highY / step); i++) {
            double value = i * step;
            line(LEFT, y(value), RIGHT, y(value), "grid");
            String label = chart.logarithmic() ? LineChart.powerOfTen(value) : plain(value, step);
            text(LEFT - 8, y(value) + 4, "e", label);
        }
        double stride = tick(highX - lowX, true);
        for (double value = stride * Math.ceil(lowX / stride); value <= highX; value += stride) {
            line(x(value), BOTTOM, x(value), BOTTOM + 5, "axis");
            text(x(value), BOTTOM + 19, "m", String.format(Locale.ROOT, "%.0f", value));
        }
        line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis");
        line(LEFT, TOP, LEFT, BOTTOM, "axis");
        text((LEFT + RIGHT) / 2, BOTTOM + 40, "m", chart.xAxis());
        out.append("<text class=\"m\" transform=\"translate(18 %d) rotate(-90)\">%s</text>\n"
                .formatted((TOP + BOTTOM) / 2, escaped(chart.yAxis())));
    }

    private static String plain(double value, double step) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    private void curve(LineChart.Curve curve, LineChart.Points points, int legend) {
        Color color = Charts.color(curve.color());
        String stroke = String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xFFFFFF);
        String style = curve.dashed() ? "curve dashed" : "curve";
        out.append("<polyline class=\"%s\" stroke=\"%s\" points=\"".formatted(style, stroke));
        for (int i = 0; i < points.at().size(); i++) {
            out.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    x(points.at().get(i)),
                    y(points.values().get(i))));
        }
        out.append("\"/>\n");
        if (points.at().size() == 1) {
            out.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                    x(points.at().getFirst()),
                    y(points.values().getFirst()),
                    stroke));
        }
        out.append("<polyline class=\"%s\" stroke=\"%s\" points=\"%d,%d %d,%d\"/>\n"
                .formatted(style, stroke, LEGEND, legend, LEGEND + 26, legend));
        text(LEGEND + 32, legend + 4, "", curve.name());
    }

    private double x(double value) {
        return LEFT + (RIGHT - LEFT) * (value - lowX) / (highX - lowX);
    }

    private double y(double value) {
        return BOTTOM - (BOTTOM - TOP) * (value - lowY) / (highY - lowY);
    }

    private void line(double fromX, double fromY, double toX, double toY, String style) {
        out.append(String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                style,
                fromX,
                fromY,
                toX,
                toY));
    }

    private void text(double x, double y, String style, String text) {
        out.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", style, x, y, escaped(text)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
