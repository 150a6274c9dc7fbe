package dev.rnnc.cli.report;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Pairs of numbers that should be equal, as points beside the line where they are.
 *
 * @param title above the points
 * @param xAxis what the first numbers are
 * @param yAxis what the second numbers are
 * @param x first numbers, finite
 * @param y as many second numbers, finite
 */
public record ScatterChart(String title, String xAxis, String yAxis, double[] x, double[] y) {
    private static final int MARKER = 4;

    /**
     * A PNG.
     *
     * @throws IOException if the JVM cannot draw, for want of fonts for instance
     */
    public byte[] png() throws IOException {
        return Charts.png(() -> List.of(build()));
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
        chart.getStyler().setXAxisDecimalPattern("0.####").setYAxisDecimalPattern("0.####");
        chart.getStyler().setMarkerSize(MARKER);
        chart.getStyler().setPlotGridVerticalLinesVisible(true);
        double least = Math.min(
                Arrays.stream(x).min().orElse(0), Arrays.stream(y).min().orElse(0));
        double most = Math.max(
                Arrays.stream(x).max().orElse(1), Arrays.stream(y).max().orElse(1));
        XYSeries equal = chart.addSeries("equal", new double[] {least, most}, new double[] {least, most});
        equal.setMarker(SeriesMarkers.NONE)
                .setLineColor(Charts.color(5))
                .setLineStyle(SeriesLines.SOLID)
                .setLineWidth(1.2f);
        XYSeries points = chart.addSeries("answers", x, y);
        points.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter)
                .setMarker(SeriesMarkers.CIRCLE)
                .setMarkerColor(Charts.color(0));
        return chart;
    }
}
