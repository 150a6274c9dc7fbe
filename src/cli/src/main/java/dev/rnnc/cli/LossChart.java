package dev.rnnc.cli;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The picture of a run: training and validation loss over the epochs. */
final class LossChart {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;

    private LossChart() {}

    /**
     * Draws both curves.
     *
     * @param title the model and its data
     * @param training training loss after epochs 1, 2, ...
     * @param validation validation loss after the same epochs
     * @param axis what the losses are
     * @return a PNG of 960 x 600
     * @throws IOException if the JVM cannot draw, for want of fonts for instance
     */
    static byte[] png(String title, List<Double> training, List<Double> validation, String axis) throws IOException {
        // Drawing needs no display; without this some desktops would start one.
        System.setProperty("java.awt.headless", "true");
        try {
            XYChart chart = new XYChartBuilder()
                    .width(WIDTH)
                    .height(HEIGHT)
                    .title(title)
                    .xAxisTitle("epoch")
                    .yAxisTitle(axis)
                    .build();
            style(chart);
            double[] epochs = new double[training.size()];
            for (int i = 0; i < epochs.length; i++) {
                epochs[i] = i + 1;
            }
            chart.getStyler().setXAxisMin(1.0).setXAxisMax(Math.max(2.0, epochs.length));
            curve(chart, "training", epochs, training, new Color(0x1F77B4));
            curve(chart, "validation", epochs, validation, new Color(0xD95F02));
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            BitmapEncoder.saveBitmap(chart, png, BitmapFormat.PNG);
            return png.toByteArray();
        } catch (LinkageError | InternalError | RuntimeException e) {
            // AWT reports a missing font library in any of these ways.
            throw new IOException("this JVM cannot draw text (" + e + "); install fontconfig and a font", e);
        }
    }

    private static void style(XYChart chart) {
        Color ink = new Color(0x333333);
        chart.getStyler()
                .setLegendPosition(LegendPosition.InsideNE)
                .setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE)
                .setChartTitleBoxVisible(false)
                .setChartFontColor(ink)
                .setChartPadding(16);
        chart.getStyler()
                .setPlotGridLinesColor(new Color(0xE2E2E2))
                .setPlotGridVerticalLinesVisible(false)
                .setAxisTickMarksColor(ink)
                .setAxisTickLabelsColor(ink)
                .setPlotBorderVisible(false);
        chart.getStyler()
                .setXAxisDecimalPattern("#")
                .setYAxisDecimalPattern("0.00")
                .setXAxisMaxLabelCount(12);
    }

    private static void curve(XYChart chart, String name, double[] epochs, List<Double> losses, Color color) {
        double[] values = losses.stream().mapToDouble(Double::doubleValue).toArray();
        XYSeries series = chart.addSeries(name, epochs, values);
        series.setMarker(SeriesMarkers.CIRCLE).setMarkerColor(color);
        series.setLineColor(color).setLineStyle(SeriesLines.SOLID).setLineWidth(2.5f);
    }
}
