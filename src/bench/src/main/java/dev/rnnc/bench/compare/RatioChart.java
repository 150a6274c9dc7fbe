package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.GeneratedCode;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The ratios of all rows as points above their names, on a logarithmic axis: above 1 generated code is faster. */
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
        List<String> names = measured.stream().map(r -> r.row().name()).toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(30 * names.size() + 350)
                .height(800)
                .title("Time of other engines over that of generated code")
                .yAxisTitle("ratio; above 1 generated code is faster")
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setYAxisLogarithmic(true);
        // Left alone, the axis of categories begins at zero, which has no logarithm.
        chart.getStyler().setYAxisMin(smallest(measured, engines));
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
        chart.getStyler().setXAxisLabelRotation(90);
        chart.getStyler().setOverlapped(true);
        for (String engine : engines) {
            List<Double> ratios = new ArrayList<>();
            for (Result result : measured) {
                ratios.add(result.readings().containsKey(engine) ? result.ratio(engine) : Double.NaN);
            }
            chart.addSeries(engine, names, ratios).setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
        }
        chart.addSeries("equal", names, Collections.nCopies(names.size(), 1.0))
                .setChartCategorySeriesRenderStyle(CategorySeriesRenderStyle.Line)
                .setMarker(SeriesMarkers.NONE);
        ChartFile.write(file, chart);
    }

    private static double smallest(List<Result> measured, Set<String> engines) {
        return measured.stream()
                .flatMapToDouble(result ->
                        engines.stream().filter(result.readings()::containsKey).mapToDouble(result::ratio))
                .map(ratio -> 0.8 * Math.min(1, ratio))
                .min()
                .orElse(0.1);
    }
}
