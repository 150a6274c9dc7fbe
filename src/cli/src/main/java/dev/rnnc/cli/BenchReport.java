package dev.rnnc.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.probe.MachineProbe;
import dev.rnnc.runtime.probe.Readings;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench} shows.
 *
 * @param lanes lanes of the generated code
 * @param probe the machine's limits
 * @param notes what was not measured, and why
 */
record BenchReport(
        ModelSpec model, int lanes, MachineProbe probe, List<ProgramBench.Result> results, List<String> notes) {

    /** The report for people. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("%s: %s parameters, %s, %s%n"
                .formatted(
                        model.name(),
                        Numbers.grouped(ModelReport.elements(model)),
                        model.precision().name().toLowerCase(Locale.ROOT),
                        codeLanes() == 1 ? "scalar code" : codeLanes() + " lanes"));
        text.append(String.format(
                Locale.ROOT,
                "This machine, one thread: %.0f GFLOP/s, %.0f GB/s from L2; %s%n%n",
                probe.gigaflops(),
                probe.l2Bandwidth(),
                Lanes.description()));
        Table table = new Table("llrrrrrrr");
        table.row("", "", "median", "spread", "GFLOP/s", "of peak", "GB/s", "of L2", "ratio");
        for (ProgramBench.Result result : results) {
            row(table, title(result), "generated", result, result.generated());
            result.generic().ifPresent(generic -> row(table, "", "generic", result, generic));
        }
        text.append(table);
        text.append("\nSpread: distance of the quartiles over the median. GB/s: weights read, where one sequence runs."
                + " Ratio: generic over generated.\n");
        notes.forEach(note -> text.append(note).append('\n'));
        if (results.stream().anyMatch(result -> result.generic().isEmpty())) {
            text.append("no generic engine: it is vectorised in single precision only\n");
        }
        return text.toString();
    }

    private void row(Table table, String title, String engine, ProgramBench.Result result, Readings readings) {
        double gigaflops = result.flops() / readings.median();
        double bandwidth = bandwidth(result, readings);
        boolean generic = engine.equals("generic");
        table.row(
                title,
                engine,
                Numbers.time(readings.median()),
                percent(readings.spread()),
                Numbers.twoDecimals(gigaflops),
                model.precision() == Precision.FLOAT ? percent(gigaflops / probe.gigaflops()) : "",
                Double.isNaN(bandwidth) ? "" : Numbers.twoDecimals(bandwidth),
                Double.isNaN(bandwidth) ? "" : percent(bandwidth / probe.l2Bandwidth()),
                generic ? Numbers.twoDecimals(ratio(result)) : "");
    }

    /** The same as JSON; times are seconds, quantities not measured null. */
    String json() {
        return Json.pretty(json -> {
            json.writeStartObject();
            json.writeStringField("model", model.name());
            json.writeStringField("digest", model.digest());
            json.writeStringField("precision", model.precision().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("lanes", codeLanes());
            json.writeObjectFieldStart("machine");
            json.writeNumberField("gigaflops", probe.gigaflops());
            json.writeNumberField("l2_gigabytes_per_second", probe.l2Bandwidth());
            json.writeNumberField("lanes", probe.lanes());
            json.writeEndObject();
            json.writeArrayFieldStart("programs");
            for (ProgramBench.Result result : results) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeArrayFieldStart("notes");
            for (String note : notes) {
                json.writeString(note);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private void write(JsonGenerator json, ProgramBench.Result result) throws IOException {
        json.writeStartObject();
        json.writeStringField("program", result.kind().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("steps", result.steps());
        json.writeNumberField("batch", result.batch());
        json.writeNumberField("flop", result.flops());
        json.writeNumberField("weight_bytes", result.weightBytes());
        write(json, "generated", result, result.generated());
        if (result.generic().isPresent()) {
            write(json, "generic", result, result.generic().get());
        } else {
            json.writeNullField("generic");
        }
        Json.number(json, "ratio", ratio(result));
        Json.number(json, "difference", result.generic().isPresent() ? result.difference() : Double.NaN);
        json.writeEndObject();
    }

    private void write(JsonGenerator json, String engine, ProgramBench.Result result, Readings readings)
            throws IOException {
        double gigaflops = result.flops() / readings.median();
        double bandwidth = bandwidth(result, readings);
        json.writeObjectFieldStart(engine);
        json.writeNumberField("median", readings.median() * 1e-9);
        json.writeNumberField("quartile_low", readings.quantile(0.25) * 1e-9);
        json.writeNumberField("quartile_high", readings.quantile(0.75) * 1e-9);
        json.writeNumberField("best", readings.best() * 1e-9);
        json.writeNumberField("gigaflops", gigaflops);
        boolean single = model.precision() == Precision.FLOAT;
        Json.number(json, "share_of_peak", single ? gigaflops / probe.gigaflops() : Double.NaN);
        Json.number(json, "gigabytes_per_second", bandwidth);
        Json.number(json, "share_of_l2", bandwidth / probe.l2Bandwidth());
        json.writeEndObject();
    }

    /** Weights read, in 10^9 bytes a second; NaN where they are read for many sequences at once. */
    private static double bandwidth(ProgramBench.Result result, Readings readings) {
        return result.batch() == 1 && result.kind() != ProgramKind.TRAINING
                ? result.weightBytes() * result.steps() / readings.median()
                : Double.NaN;
    }

    private static double ratio(ProgramBench.Result result) {
        return result.generic()
                .map(generic -> generic.median() / result.generated().median())
                .orElse(Double.NaN);
    }

    /** Double precision is generated as scalar code whatever the lanes. */
    private int codeLanes() {
        return model.precision() == Precision.DOUBLE ? 1 : lanes;
    }

    private static String title(ProgramBench.Result result) {
        return switch (result.kind()) {
            case STEP -> "one step";
            case TRAINING -> "training step, " + result.steps() + " x " + result.batch();
            case SEQUENCE, EVALUATION, OBSERVATION, INSPECTION, ENCODING, DECODING, COUNTING ->
                "sequence, " + result.steps() + " x " + result.batch();
        };
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }
}
