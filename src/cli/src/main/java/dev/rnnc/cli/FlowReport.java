package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.cli.report.HtmlPage;
import dev.rnnc.cli.report.LineChart;
import dev.rnnc.runtime.train.GradientFlow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The gradient flows of some models on one task: as text, JSON, pictures and a page. */
final class FlowReport {
    private static final String MEASURE = "|dL/dh|";
    /** A bound that leaves the measured values far below says nothing more, and would flatten them. */
    private static final double BOUND_ABOVE = 1e4;

    private final String data;
    private final List<ModelFlow> models;

    FlowReport(String data, List<ModelFlow> models) {
        this.data = data;
        this.models = List.copyOf(models);
    }

    /** A chart for each stage; empty where nothing flows. */
    List<LineChart> charts() {
        Set<String> titles = new LinkedHashSet<>();
        models.forEach(m -> m.stages().forEach(s -> titles.add(s.title())));
        List<LineChart> charts = new ArrayList<>();
        for (String title : titles) {
            List<LineChart.Curve> curves = curves(title);
            if (!curves.isEmpty()) {
                charts.add(new LineChart(
                        "Gradient flow " + title,
                        "time step t",
                        "norm of dL/dh(t), all states of a layer",
                        1,
                        true,
                        curves));
            }
        }
        return charts;
    }

    private List<LineChart.Curve> curves(String title) {
        List<LineChart.Curve> curves = new ArrayList<>();
        int color = 0;
        for (ModelFlow model : models) {
            for (ModelFlow.Stage stage : model.stages()) {
                if (stage.title().equals(title)) {
                    for (int i = 0; i < stage.layers().size(); i++) {
                        curves.addAll(curves(model, stage.layers().get(i), color + i));
                    }
                }
            }
            color += model.last().layers().size();
        }
        return curves;
    }

    private List<LineChart.Curve> curves(ModelFlow model, LayerFlow layer, int color) {
        List<Double> norms = layer.norms();
        double most = norms.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        if (most == 0) {
            return List.of();
        }
        String name = models.size() == 1 ? layer.name() : model.name() + " " + layer.name();
        List<LineChart.Curve> curves = new ArrayList<>();
        curves.add(new LineChart.Curve(name, color, false, norms));
        // Where each step has a loss of its own, what comes from the last one bounds nothing.
        List<Double> limits = (model.lossAtEveryStep() ? List.<Double>of() : layer.limits())
                .stream()
                        .map(limit -> limit <= BOUND_ABOVE * most ? limit : Double.NaN)
                        .toList();
        if (!limits.isEmpty()) {
            curves.add(new LineChart.Curve(name + ", bound", color, true, limits));
        }
        return curves;
    }

    /** The report for a terminal. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (ModelFlow model : models) {
            text.append(model.name()).append(" (").append(model.file()).append(")\n");
            Table table = new Table("llrrrrrl").row(HEAD.toArray(String[]::new));
            rows(model).forEach(row -> table.row(row.toArray(String[]::new)));
            text.append(table);
            FlowVerdict.Words words = FlowVerdict.of(model);
            words.findings()
                    .forEach(finding -> text.append("  ").append(finding).append('\n'));
            words.advice()
                    .forEach(advice -> text.append("  try: ").append(advice).append('\n'));
            text.append('\n');
        }
        return text.toString();
    }

    private static final List<String> HEAD =
            List.of("weights", "layer", "first step", "middle", "last step", "a step back", "bound", "");

    private static List<List<String>> rows(ModelFlow model) {
        List<List<String>> rows = new ArrayList<>();
        for (ModelFlow.Stage stage : model.stages()) {
            for (LayerFlow layer : stage.layers()) {
                List<Double> norms = layer.norms();
                rows.add(List.of(
                        stage.title(),
                        layer.name(),
                        norms.isEmpty() ? "" : FlowVerdict.number(norms.getFirst()),
                        norms.isEmpty() ? "" : FlowVerdict.number(norms.get(norms.size() / 2)),
                        norms.isEmpty() ? "" : FlowVerdict.number(norms.getLast()),
                        factor(layer.measuredFactor()),
                        factor(layer.bound().factor()),
                        FlowVerdict.kind(model, layer)));
            }
        }
        return rows;
    }

    private static String factor(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "x %.3f", value) : "";
    }

    /** The report as a page that needs no other file. */
    String html() {
        HtmlPage page = new HtmlPage("Gradient flow");
        page.paragraph("Data: " + data + ".");
        add(page, models);
        return page.toString();
    }

    /** Adds pictures, words and tables to a page. */
    private void add(HtmlPage page, List<ModelFlow> all) {
        List<LineChart> charts = charts();
        if (!charts.isEmpty()) {
            page.picture("Norm of the gradient of each recurrent layer's states by time step", LineChart.svg(charts));
            page.paragraph(
                    "Solid: measured, the L2 norm of dL/dh(t) over all rows of a batch, all units and all states of"
                            + " a layer. Dashed: what the gradient at the layer's last step can become at most on its way back,"
                            + " by the cell's equations and the weights.");
        }
        for (ModelFlow model : all) {
            FlowVerdict.Words words = FlowVerdict.of(model);
            page.heading(model.name()).points(words.findings());
            if (!words.advice().isEmpty()) {
                page.paragraph("What to try:").points(words.advice());
            }
            page.table("llrrrrrl", HEAD, rows(model));
            page.table(
                    "llrrr",
                    List.of("activation", "function", "units", "dead", "saturated"),
                    units(model.last().units()));
        }
    }

    /** A row for each activation. */
    static List<List<String>> units(List<GradientFlow.Units> units) {
        return units.stream()
                .map(u -> List.of(
                        u.name(),
                        u.kind().name().toLowerCase(Locale.ROOT),
                        Integer.toString(u.units()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * u.dead()),
                        String.format(Locale.ROOT, "%.1f %%", 100 * u.saturated())))
                .toList();
    }

    /** The report for programs. */
    String json() {
        return Json.pretty(json -> {
            json.writeStartObject();
            json.writeStringField("data", data);
            json.writeStringField("measure", MEASURE);
            json.writeArrayFieldStart("models");
            for (ModelFlow model : models) {
                write(json, model);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void write(JsonGenerator json, ModelFlow model) throws IOException {
        json.writeStartObject();
        json.writeStringField("model", model.name());
        json.writeStringField("file", model.file().toString());
        if (model.training() != null) {
            json.writeNumberField("updates", model.training().updates());
            Json.number(json, "first_loss", model.training().firstLoss());
            Json.number(json, "last_loss", model.training().lastLoss());
            Json.number(json, "gradient_norm", model.training().gradientNorm());
            Json.number(json, "clip_rate", model.training().clipRate());
        }
        json.writeArrayFieldStart("stages");
        for (ModelFlow.Stage stage : model.stages()) {
            json.writeStartObject();
            json.writeStringField("weights", stage.title());
            json.writeArrayFieldStart("layers");
            for (LayerFlow layer : stage.layers()) {
                write(json, model, layer);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("units");
            for (GradientFlow.Units units : stage.units()) {
                json.writeStartObject();
                json.writeStringField("name", units.name());
                json.writeNumberField("units", units.units());
                Json.number(json, "dead", units.dead());
                Json.number(json, "saturated", units.saturated());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        FlowVerdict.Words words = FlowVerdict.of(model);
        strings(json, "findings", words.findings());
        strings(json, "advice", words.advice());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ModelFlow model, LayerFlow layer) throws IOException {
        json.writeStartObject();
        json.writeStringField("layer", layer.name());
        json.writeBooleanField("backward", layer.bound().backward());
        json.writeStringField("verdict", FlowVerdict.kind(model, layer));
        numbers(json, "norms", layer.norms());
        json.writeObjectFieldStart("states");
        for (GradientFlow.Curve state : layer.states()) {
            numbers(json, state.state(), state.norms());
        }
        json.writeEndObject();
        Json.number(json, "measured_factor", layer.measuredFactor());
        Json.number(json, "bound_factor", layer.bound().factor());
        json.writeObjectFieldStart("largest_singular_values");
        for (Map.Entry<String, Double> norm : layer.bound().norms().entrySet()) {
            Json.number(json, norm.getKey(), norm.getValue());
        }
        json.writeEndObject();
        strings(json, "assumed_within_1", layer.bound().assumed());
        json.writeEndObject();
    }

    private static void numbers(JsonGenerator json, String name, List<Double> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
