package dev.rnnc.cli.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Curves over whole numbers.
 *
 * @param title above the curves
 * @param xAxis what is counted
 * @param yAxis what is shown
 * @param first the number that the first value of each curve belongs to
 * @param logarithmic whether the values are shown by their size, each tenfold a step
 * @param curves the curves
 */
public record LineChart(String title, String xAxis, String yAxis, int first, boolean logarithmic, List<Curve> curves) {
    /** Values further below the largest than this are not drawn on a logarithmic axis. */
    private static final double DEPTH = 1e-24;

    private static final int DASHED_POINTS = 8;

    public LineChart {
        curves = List.copyOf(curves);
    }

    /**
     * A curve.
     *
     * @param name its name in the legend
     * @param color curves of one colour belong together
     * @param dashed whether it is computed rather than measured
     * @param values the values; where one is not finite, or not positive on a logarithmic axis, there is a gap
     */
    public record Curve(String name, int color, boolean dashed, List<Double> values) {
        public Curve {
            values = List.copyOf(values);
        }
    }

    /**
     * A PNG, the charts one below the other.
     *
     * @throws IOException if the JVM cannot draw, for want of fonts for instance
     */
    public static byte[] png(List<LineChart> charts) throws IOException {
        return Charts.png(() -> charts.stream().map(LineChart::build).toList());
    }

    /** The same as SVG, which is small and whose words can be searched. */
    public static String svg(List<LineChart> charts) {
        return SvgChart.document(charts);
    }

    private XYChart build() {
        XYChart chart = new XYChartBuilder()
                .width(Charts.WIDTH)
                .height(Charts.HEIGHT)
                .title(title)
                .xAxisTitle(xAxis)
                .yAxisTitle(yAxis)
                .build();
        Charts.style(chart);
        if (logarithmic) {
            // A plain axis of exponents: a logarithmic one has a line for each digit.
            chart.getStyler().setyAxisTickLabelsFormattingFunction(LineChart::powerOfTen);
        } else {
            chart.getStyler().setYAxisDecimalPattern("0.####");
        }
        int last = first;
        for (Curve curve : curves) {
            last = Math.max(last, first + curve.values().size() - 1);
            draw(chart, curve);
        }
        chart.getStyler().setXAxisMin((double) first).setXAxisMax((double) Math.max(first + 1, last));
        return chart;
    }

    static String powerOfTen(double exponent) {
        return Math.abs(exponent - Math.rint(exponent)) < 1e-9
                ? "1e" + (long) Math.rint(exponent)
                : String.format(Locale.ROOT, "%.1e", Math.pow(10, exponent));
    }

    /** Few points, which dashes of a line can be seen between; the last one always. */
    private static void thin(List<Double> values) {
        int stride = Math.max(1, values.size() / DASHED_POINTS);
        for (int i = values.size() - 2; i > 0; i--) {
            if (i % stride != 0) {
                values.remove(i);
            }
        }
    }

    private double largest() {
        return curves.stream()
                .flatMap(c -> c.values().stream())
                .filter(Double::isFinite)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
    }

    /**
     * What of a curve is drawn.
     *
     * @param at numbers on the x axis
     * @param values the values there; on a logarithmic axis their exponents of ten
     */
    record Points(List<Double> at, List<Double> values) {}

    /** The points of a curve that can be drawn. */
    Points points(Curve curve) {
        double least = logarithmic ? DEPTH * largest() : Double.NEGATIVE_INFINITY;
        List<Double> at = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < curve.values().size(); i++) {
            double value = curve.values().get(i);
            if (Double.isFinite(value) && value > least && (!logarithmic || value > 0)) {
                at.add((double) (first + i));
                values.add(logarithmic ? Math.log10(value) : value);
            }
        }
        return new Points(at, values);
    }

    private void draw(XYChart chart, Curve curve) {
        Points points = points(curve);
        List<Double> at = points.at();
        List<Double> values = points.values();
        if (curve.dashed()) {
            thin(at);
            thin(values);
        }
        if (values.isEmpty()) {
            return;
        }
        Color color = Charts.color(curve.color());
        XYSeries series = chart.addSeries(curve.name(), at, values);
        series.setMarkerColor(color);
        series.setLineColor(color);
        series.setMarker(values.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        if (curve.dashed()) {
            series.setLineStyle(
                    new BasicStroke(1.3f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {5, 4}, 0));
        } else {
            series.setLineStyle(SeriesLines.SOLID).setLineWidth(2.2f);
        }
    }
}
