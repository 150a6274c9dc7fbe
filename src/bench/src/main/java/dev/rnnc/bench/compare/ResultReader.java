package dev.rnnc.bench.compare;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.rnnc.runtime.probe.Readings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads back what {@link JsonReport} wrote of a single row. */
final class ResultReader {
    private final JsonParser json;
    private double flops = Double.NaN;
    private double weightBytes = Double.NaN;
    private final Map<String, Readings> readings = new LinkedHashMap<>();
    private final Map<String, Double> differences = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    private ResultReader(JsonParser json) {
        this.json = json;
    }

    static Result read(Path file, Row row) throws IOException {
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            ResultReader reader = new ResultReader(json);
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME) {
                    reader.field(json.currentName());
                }
            }
            return new Result(
                    row, reader.flops, reader.weightBytes, reader.readings, reader.differences, reader.failures);
        }
    }

    private void field(String name) throws IOException {
        json.nextToken();
        switch (name) {
            case "flop" -> flops = json.getDoubleValue();
            case "weight_bytes" -> weightBytes = json.getDoubleValue();
            case "failures" -> {
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    failures.add(json.getText());
                }
            }
            case "engine" -> engine(json.getText());
            default -> {
                // Other objects and lists are entered, other values passed over.
            }
        }
    }

    /** The fields that follow the engine's name, up to its readings, which end it. */
    private void engine(String engine) throws IOException {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("difference")) {
                differences.put(engine, json.getDoubleValue());
            } else if (value == JsonToken.START_ARRAY) {
                readings.put(engine, nanos());
            }
        }
    }

    private Readings nanos() throws IOException {
        List<Double> nanos = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            nanos.add(json.getDoubleValue());
        }
        return new Readings(nanos.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
