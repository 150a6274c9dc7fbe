package dev.rnnc.runtime.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A JSON value. */
public sealed interface JsonValue {
    /** A string, unescaped. */
    record Text(String value) implements JsonValue {}

    /** A number as it was written, so that no digit is lost. */
    record Number(String literal) implements JsonValue {}

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements JsonValue {}

    /** {@code null}. */
    record Null() implements JsonValue {}

    /** An array. */
    record Array(List<JsonValue> elements) implements JsonValue {
        public Array {
            elements = Collections.unmodifiableList(new ArrayList<>(elements));
        }
    }

    /** An object; its members keep their order. */
    record Members(SequencedMap<String, JsonValue> members) implements JsonValue {
        public Members {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }
    }

    /** What this is, for messages: "a string", "an object". */
    default String kind() {
        return switch (this) {
            case Text text -> "a string";
            case Number number -> "a number";
            case Bool bool -> "a boolean";
            case Null none -> "null";
            case Array array -> "an array";
            case Members object -> "an object";
        };
    }
}
