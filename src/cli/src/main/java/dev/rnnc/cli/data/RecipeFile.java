package dev.rnnc.cli.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.spec.PortSpec;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link Recipe} as a JSON file. */
public final class RecipeFile {
    private static final long MOST_BYTES = 256L << 20;

    private static final JsonFactory FACTORY = new JsonFactory();

    private RecipeFile() {}

    /** The recipe as indented JSON. */
    public static String text(Recipe recipe) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.useDefaultPrettyPrinter();
            Layout layout = recipe.binding().layout();
            json.writeStartObject();
            json.writeBooleanField("rowIsSequence", layout.rowIsSequence());
            json.writeStringField("sequenceId", layout.sequenceId());
            json.writeNumberField("window", layout.window());
            json.writeNumberField("stride", layout.stride());
            json.writeStringField("ahead", layout.ahead().toString());
            json.writeArrayFieldStart("ports");
            for (Recipe.Entry entry : recipe.entries()) {
                write(json, entry);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator json, Recipe.Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("port", entry.port());
        strings(json, "columns", entry.columns());
        json.writeNumberField("width", entry.width());
        json.writeNumberField("span", entry.span());
        json.writeStringField("pieces", entry.pieces().name());
        if (entry.symbols() != null) {
            strings(json, "symbols", entry.symbols());
        }
        numbers(json, "shift", entry.scaling().shift());
        numbers(json, "scale", entry.scaling().scale());
        json.writeEndObject();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void numbers(JsonGenerator json, String name, double[] values) throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    /**
     * Reads a recipe.
     *
     * @param ports the inputs and targets of the model
     * @throws DataException if the file cannot be read, is no recipe, or is of another model
     */
    public static Recipe read(Path file, List<PortSpec> ports) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                throw new IllegalArgumentException("a pipe, a device, or too large");
            }
            Map<String, JsonValue> all = members(Json.parse(Files.readString(file)));
            Layout layout = new Layout(
                    ((JsonValue.Bool) all.get("rowIsSequence")).value(),
                    text(all.get("sequenceId")),
                    whole(all.get("window")),
                    whole(all.get("stride")),
                    Layout.Ahead.parse(text(all.get("ahead"))));
            List<Recipe.Entry> entries = new ArrayList<>();
            for (JsonValue port : array(all.get("ports"))) {
                entries.add(entry(members(port)));
            }
            return Recipe.of(entries, layout, ports, file.toString());
        } catch (IOException e) {
            throw new DataException("cannot read '" + file + "': " + e.getMessage(), e);
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new DataException(
                    "'" + file + "' is not what 'rnnc train' writes beside weights; take it from the run folder", e);
        }
    }

    private static Recipe.Entry entry(Map<String, JsonValue> port) {
        JsonValue symbols = port.get("symbols");
        int width = whole(port.get("width"));
        Scaling scaling = new Scaling(numbers(port.get("shift")), numbers(port.get("scale")));
        if (scaling.shift().length != width || scaling.scale().length != width) {
            throw new IllegalArgumentException("a scale for each value");
        }
        return new Recipe.Entry(
                text(port.get("port")),
                array(port.get("columns")).stream().map(RecipeFile::text).toList(),
                width,
                whole(port.get("span")),
                Field.Pieces.valueOf(text(port.get("pieces"))),
                symbols == null
                        ? null
                        : array(symbols).stream().map(RecipeFile::text).toList(),
                scaling);
    }

    private static Map<String, JsonValue> members(JsonValue value) {
        return ((JsonValue.Members) value).members();
    }

    private static List<JsonValue> array(JsonValue value) {
        return ((JsonValue.Array) value).elements();
    }

    private static String text(JsonValue value) {
        return ((JsonValue.Text) value).value();
    }

    private static int whole(JsonValue value) {
        return Integer.parseInt(((JsonValue.Number) value).literal());
    }

    private static double[] numbers(JsonValue value) {
        return array(value).stream()
                .mapToDouble(v -> Double.parseDouble(((JsonValue.Number) v).literal()))
                .toArray();
    }
}
