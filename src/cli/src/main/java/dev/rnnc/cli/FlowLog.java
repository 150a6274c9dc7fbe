package dev.rnnc.cli;

import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.train.GradientFlow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The gradient flow of a training, epoch by epoch. */
final class FlowLog {
    private FlowLog() {}

    /** An epoch as a JSON object on one line. */
    static String line(GradientFlow.Epoch epoch) {
        return Json.line(json -> {
            json.writeStartObject();
            json.writeNumberField("epoch", epoch.epoch());
            Json.number(json, "clip_rate", epoch.clipRate());
            json.writeObjectFieldStart("norms");
            for (GradientFlow.Curve curve : epoch.curves()) {
                json.writeArrayFieldStart(curve.state());
                for (double norm : curve.norms()) {
                    json.writeNumber(norm);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
            json.writeObjectFieldStart("units");
            for (GradientFlow.Units units : epoch.units()) {
                json.writeObjectFieldStart(units.name());
                json.writeNumberField("units", units.units());
                Json.number(json, "dead", units.dead());
                Json.number(json, "saturated", units.saturated());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /**
     * The epochs in a log, up to one that was not written to its end.
     *
     * @param complete how many epochs were complete; lines of later ones are left out
     * @throws CommandFailure if the log is there and cannot be read
     */
    static List<GradientFlow.Epoch> read(Path log, int complete) {
        List<GradientFlow.Epoch> epochs = new ArrayList<>();
        if (!Files.exists(log)) {
            return epochs;
        }
        try {
            for (String line : Files.readAllLines(log)) {
                GradientFlow.Epoch epoch = epoch(members(dev.rnnc.runtime.json.Json.parse(line)));
                if (epoch.epoch() > complete) {
                    return epochs;
                }
                epochs.add(epoch);
            }
        } catch (JsonException | IllegalArgumentException e) {
            return epochs;
        } catch (IOException e) {
            throw InputFile.failure("cannot read", log, e);
        }
        return epochs;
    }

    private static GradientFlow.Epoch epoch(Map<String, JsonValue> line) {
        List<GradientFlow.Curve> curves = new ArrayList<>();
        members(line.get("norms")).forEach((state, norms) -> curves.add(new GradientFlow.Curve(state, numbers(norms))));
        List<GradientFlow.Units> units = new ArrayList<>();
        members(line.get("units")).forEach((name, of) -> {
            Map<String, JsonValue> members = members(of);
            units.add(new GradientFlow.Units(
                    name,
                    GradientFlow.Kind.valueOf(
                            name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT)),
                    (int) number(members.get("units")),
                    number(members.get("dead")),
                    number(members.get("saturated"))));
        });
        return new GradientFlow.Epoch((int) number(line.get("epoch")), curves, units, number(line.get("clip_rate")));
    }

    private static Map<String, JsonValue> members(JsonValue value) {
        return value instanceof JsonValue.Members object ? object.members() : Map.of();
    }

    private static List<Double> numbers(JsonValue value) {
        return value instanceof JsonValue.Array array
                ? array.elements().stream().map(FlowLog::number).toList()
                : List.of();
    }

    /** A number, or NaN where JSON has none for it. */
    private static double number(JsonValue value) {
        return value instanceof JsonValue.Number number ? Double.parseDouble(number.literal()) : Double.NaN;
    }

    /** A chart of the first epoch and, if there are more, one of the last. */
    static List<LineChart> charts(List<GradientFlow.Epoch> epochs) {
        List<GradientFlow.Epoch> shown = new ArrayList<>();
        if (!epochs.isEmpty()) {
            shown.add(epochs.getFirst());
        }
        if (epochs.size() > 1) {
            shown.add(epochs.getLast());
        }
        List<LineChart> charts = new ArrayList<>();
        for (GradientFlow.Epoch epoch : shown) {
            List<LineChart.Curve> curves = new ArrayList<>();
            for (int i = 0; i < epoch.curves().size(); i++) {
                GradientFlow.Curve curve = epoch.curves().get(i);
                curves.add(new LineChart.Curve(curve.state(), i, false, curve.norms()));
            }
            if (!curves.isEmpty()) {
                charts.add(new LineChart(
                        "Gradient flow, epoch " + epoch.epoch(), "time step t", "norm of dL/dh(t)", 1, true, curves));
            }
        }
        return charts;
    }
}
