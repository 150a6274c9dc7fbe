package dev.rnnc.bench.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.runtime.probe.Readings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All results as JSON; times are nanoseconds of one call. */
final class JsonReport {
    private JsonReport() {}

    static void write(Path file, Machine machine, List<Result> results) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("machine");
            json.writeStringField("processor", machine.processor());
            json.writeNumberField("cores", machine.cores());
            json.writeStringField("jdk", machine.jdk());
            json.writeStringField("lanes", machine.lanes());
            json.writeNumberField("gigaflops", machine.probe().gigaflops());
            json.writeNumberField("l2_gigabytes_per_second", machine.probe().l2Bandwidth());
            json.writeNumberField("load", machine.load());
            json.writeEndObject();
            json.writeArrayFieldStart("rows");
            for (Result result : results) {
                row(json, result);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void row(JsonGenerator json, Result result) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", result.row().name());
        json.writeStringField("group", result.row().group());
        if (result.measured()) {
            json.writeNumberField("flop", result.flops());
            json.writeNumberField("weight_bytes", result.weightBytes());
        }
        json.writeArrayFieldStart("engines");
        for (Map.Entry<String, Readings> entry : result.readings().entrySet()) {
            String engine = entry.getKey();
            Readings readings = entry.getValue();
            json.writeStartObject();
            json.writeStringField("engine", engine);
            json.writeNumberField("median", readings.median());
            json.writeNumberField("best", readings.best());
            json.writeNumberField("quartile_low", readings.quantile(0.25));
            json.writeNumberField("quartile_high", readings.quantile(0.75));
            if (result.measured()) {
                json.writeNumberField("ratio", result.ratio(engine));
            }
            Double target = result.row().targets().get(engine);
            if (target != null) {
                json.writeNumberField("aim", target);
            }
            json.writeNumberField("difference", result.differences().get(engine));
            json.writeFieldName("nanos");
            double[] nanos = readings.nanos();
            json.writeArray(nanos, 0, nanos.length);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("failures");
        for (String failure : result.failures()) {
            json.writeString(failure);
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
