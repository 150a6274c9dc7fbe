package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.GeneratedCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The ratios of all rows as points, on a logarithmic axis: above 1 generated code is faster. */
final class RatioChart {
    private RatioChart() {}

    /** Writes an SVG or PNG file, as its name says. */
    static void write(Path file, List<Result> results) throws IOException {
        List<Result> measured = results.stream().filter(Result::measured).toList();
        Set<String> engines = new LinkedHashSet<>();
        measured.forEach(result -> engines.addAll(result.readings().keySet()));
        engines.remove(GeneratedCode.NAME);
        if (engines.isEmpty()) {
            throw new IOException("there is nothing to draw: no row has another engine beside generated code");
        }
        int rows = measured.size();
        XYChart chart = new XYChartBuilder()
                .width(30 * rows + 350)
                .height(700)
                .title("Time of other engines over that of generated code")
                .yAxisTitle("ratio; above 1 generated code is faster")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setXAxisLabelRotation(60);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMax(rows + 1.0);
        // As many labels as there are rows, each with the row's name.
        chart.getStyler().setXAxisMaxLabelCount(rows + 2);
        chart.getStyler().setxAxisTickLabelsFormattingFunction(at -> name(measured, at));
        for (String engine : engines) {
            List<Integer> places = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                if (measured.get(i).readings().containsKey(engine)) {
                    places.add(i + 1);
                    ratios.add(measured.get(i).ratio(engine));
                }
            }
            chart.addSeries(engine, places, ratios).setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        }
        chart.addSeries("equal", new double[] {0, rows + 1.0}, new double[] {1, 1})
                .setMarker(SeriesMarkers.NONE);
        ChartFile.write(file, chart);
    }

    private static String name(List<Result> measured, double at) {
        int row = (int) Math.round(at);
        return Math.abs(at - row) > 1e-6 || row < 1 || row > measured.size()
                ? ""
                : measured.get(row - 1).row().name();
    }
}
