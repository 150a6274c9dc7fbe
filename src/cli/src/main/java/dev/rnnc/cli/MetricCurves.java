package dev.rnnc.cli;

import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.train.EpochResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The metrics of a run by epoch, as its log has them: those from before an interruption too. */
final class MetricCurves {
    /** What is drawn in one chart, as its values have one unit. */
    private enum Kind {
        SHARES("Metrics of the validation data", "share", Set.of("accuracy", "f1")),
        PERPLEXITY("Perplexity of the validation data", "perplexity", Set.of("perplexity")),
        BITS("Bits per symbol of the validation data", "bits", Set.of("bits")),
        ERRORS("Errors on the validation data", "as the model sees numbers", Set.of("mae", "rmse"));

        private final String title;
        private final String axis;
        private final Set<String> names;

        Kind(String title, String axis, Set<String> names) {
            this.title = title;
            this.axis = axis;
            this.names = names;
        }
    }

    private MetricCurves() {}

    /**
     * A chart for each unit.
     *
     * @param log the run's {@link TrainingRun#LOG}
     * @param epochs the complete epochs, from the first on
     */
    static List<LineChart> charts(Path log, LossUnit unit, List<EpochResult> epochs) {
        Map<String, Map<String, double[]>> targets = read(log, epochs.size());
        List<LineChart> charts = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<LineChart.Curve> curves = new ArrayList<>();
            targets.forEach((target, metrics) -> metrics.forEach((name, values) -> {
                if (kind.names.contains(name)) {
                    String label = targets.size() == 1 ? name : target + ": " + name;
                    curves.add(curve(label, curves.size(), values));
                }
            }));
            if (!curves.isEmpty()) {
                charts.add(new LineChart(kind.title, "epoch", kind.axis, 1, false, curves));
            }
        }
        if (unit.perplexity()) {
            charts.add(ofLoss("Perplexity", "perplexity per " + unit.one(), epochs, Math::exp));
            charts.add(ofLoss("Bits per " + unit.one(), "bits", epochs, loss -> loss / Math.log(2)));
        }
        return charts;
    }

    private static LineChart ofLoss(
            String title, String axis, List<EpochResult> epochs, ToDoubleFunction<Double> figure) {
        return new LineChart(
                title,
                "epoch",
                axis,
                1,
                false,
                List.of(
                        curve("training", 0, values(epochs, e -> figure.applyAsDouble(e.trainLoss()))),
                        curve("validation", 1, values(epochs, e -> figure.applyAsDouble(e.validationLoss())))));
    }

    private static double[] values(List<EpochResult> epochs, ToDoubleFunction<EpochResult> value) {
        return epochs.stream().mapToDouble(value).toArray();
    }

    private static LineChart.Curve curve(String name, int color, double[] values) {
        return new LineChart.Curve(
                name, color, false, Arrays.stream(values).boxed().toList());
    }

    /** By target and metric the value of each epoch, NaN where there is none. */
    private static Map<String, Map<String, double[]>> read(Path log, int epochs) {
        Map<String, Map<String, double[]>> targets = new LinkedHashMap<>();
        if (epochs == 0 || !Files.exists(log)) {
            return targets;
        }
        try {
            List<String> lines = Files.readAllLines(log);
            // A run that was killed may have begun another line.
            for (String line : lines.subList(0, Math.min(epochs, lines.size()))) {
                JsonValue.Members epoch = (JsonValue.Members) Json.parse(line);
                int number = (int) number(epoch.members().get("epoch"));
                if (number < 1
                        || number > epochs
                        || !(epoch.members().get("metrics") instanceof JsonValue.Members metrics)) {
                    continue;
                }
                metrics.members().forEach((target, of) -> {
                    if (of instanceof JsonValue.Members figures) {
                        figures.members().forEach((name, value) -> {
                            if (value instanceof JsonValue.Number) {
                                targets.computeIfAbsent(target, _ -> new LinkedHashMap<>())
                                                .computeIfAbsent(name, _ -> missing(epochs))[number - 1] =
                                        number(value);
                            }
                        });
                    }
                });
            }
            return targets;
        } catch (JsonException | ClassCastException | NumberFormatException e) {
            throw CommandFailure.job("'" + log + "' is not the log of a training: " + e.getMessage(), e);
        } catch (IOException e) {
            throw InputFile.failure("cannot read", log, e);
        }
    }

    private static double number(JsonValue value) {
        return value instanceof JsonValue.Number number ? Double.parseDouble(number.literal()) : Double.NaN;
    }

    private static double[] missing(int epochs) {
        double[] values = new double[epochs];
        Arrays.fill(values, Double.NaN);
        return values;
    }
}
