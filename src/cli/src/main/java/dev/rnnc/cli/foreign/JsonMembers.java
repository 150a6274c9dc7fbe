package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** A JSON object whose members may be missing or of another kind than is asked for; both read as absent. */
record JsonMembers(SequencedMap<String, JsonValue> members) {
    static final JsonMembers NONE = new JsonMembers(new LinkedHashMap<>());

    /** The object that a value is; one without members for any other value. */
    static JsonMembers of(JsonValue value) {
        return value instanceof JsonValue.Members object ? new JsonMembers(object.members()) : NONE;
    }

    JsonMembers object(String name) {
        return of(members.get(name));
    }

    List<JsonValue> array(String name) {
        return members.get(name) instanceof JsonValue.Array array ? array.elements() : List.of();
    }

    Optional<String> text(String name) {
        return members.get(name) instanceof JsonValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    String text(String name, String otherwise) {
        return text(name).orElse(otherwise);
    }

    boolean flag(String name, boolean otherwise) {
        return members.get(name) instanceof JsonValue.Bool flag ? flag.value() : otherwise;
    }

    double number(String name, double otherwise) {
        return members.get(name) instanceof JsonValue.Number number ? Double.parseDouble(number.literal()) : otherwise;
    }

    /** The same with one member replaced. */
    JsonMembers with(String name, JsonValue value) {
        SequencedMap<String, JsonValue> replaced = new LinkedHashMap<>(members);
        replaced.put(name, value);
        return new JsonMembers(replaced);
    }

    /** The same with one member replaced by an object. */
    JsonMembers with(String name, SequencedMap<String, JsonValue> object) {
        return with(name, new JsonValue.Members(object));
    }

    /** Members of this object, and those of another that this one lacks. */
    JsonMembers or(JsonMembers other) {
        SequencedMap<String, JsonValue> both = new LinkedHashMap<>(members);
        other.members.forEach(both::putIfAbsent);
        return new JsonMembers(both);
    }

    /** A value as a file has it, on one line. */
    static String print(JsonValue value) {
        return switch (value) {
            case JsonValue.Text text -> Json.quote(text.value());
            case JsonValue.Number number -> number.literal();
            case JsonValue.Bool flag -> String.valueOf(flag.value());
            case JsonValue.Null _ -> "null";
            case JsonValue.Array array ->
                array.elements().stream().map(JsonMembers::print).collect(Collectors.joining(", ", "[", "]"));
            case JsonValue.Members object ->
                object.members().entrySet().stream()
                        .map((Map.Entry<String, JsonValue> e) -> Json.quote(e.getKey()) + ": " + print(e.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }
}
