package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.GeneratedCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/** The ratios of all rows as bars, on a logarithmic axis: above 1 generated code is faster. */
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
        CategoryChart chart = new CategoryChartBuilder()
                .width(Math.max(700, 60 * measured.size() + 250))
                .height(640)
                .title("Time of other engines over that of generated code")
                .yAxisTitle("ratio; above 1 generated code is faster")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setXAxisLabelRotation(60);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        chart.getStyler().setAvailableSpaceFill(0.9);
        List<String> names =
                measured.stream().map(result -> result.row().name()).toList();
        for (String engine : engines) {
            List<Double> ratios = new ArrayList<>();
            for (Result result : measured) {
                ratios.add(result.readings().containsKey(engine) ? result.ratio(engine) : null);
            }
            chart.addSeries(engine, names, ratios);
        }
        ChartFile.write(file, chart);
    }
}
