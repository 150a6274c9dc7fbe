package dev.rnnc.bench.scaling;

import dev.rnnc.bench.compare.ChartFile;
import dev.rnnc.bench.workload.Work;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** Time of a time step against one size, both logarithmic. */
final class ScalingChart {
    private ScalingChart() {}

    static void write(Path file, Axis axis, List<Reading> all) throws IOException {
        XYChart chart = new XYChartBuilder()
                .width(800)
                .height(560)
                .title("Time of one time step against " + axis.title())
                .xAxisTitle(axis.title())
                .yAxisTitle("microseconds")
                .build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        for (Work work : Work.values()) {
            List<Reading> readings = all.stream()
                    .filter(r ->
                            r.point().axis() == axis && r.point().workload().work() == work)
                    .toList();
            if (!readings.isEmpty()) {
                chart.addSeries(
                        work.name().toLowerCase(Locale.ROOT),
                        readings.stream().map(r -> r.point().value()).toList(),
                        readings.stream().map(Reading::microsPerStep).toList());
            }
        }
        ChartFile.write(file, chart);
    }
}
