package dev.rnnc.cli;

import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.train.GradientFlow;
import java.util.ArrayList;
import java.util.List;

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
                Json.number(json, "dead", units.dead());
                Json.number(json, "saturated", units.saturated());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
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
