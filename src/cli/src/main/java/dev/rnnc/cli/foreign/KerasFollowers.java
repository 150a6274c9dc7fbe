package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which layer of a Keras model reads which, so that a {@code Dense} without an activation, and with a layer behind it that
 * is nothing else, is one with that activation.
 */
final class KerasFollowers {
    private static final Set<String> ACTIVATIONS = Set.of("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax");
    private static final Set<String> NOTHING = Set.of("Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout");

    /** From a layer's name to those that read its result. */
    private final Map<String, List<JsonMembers>> readers = new HashMap<>();

    KerasFollowers(JsonMembers model, List<JsonValue> layers) {
        boolean inOrder = model.text("class_name", "").equals("Sequential");
        JsonMembers before = JsonMembers.NONE;
        for (JsonValue element : layers) {
            JsonMembers layer = JsonMembers.of(element);
            if (inOrder) {
                reads(name(before), layer);
            } else if (layer.members().containsKey("inbound_nodes")) {
                references(layer.members().get("inbound_nodes"), layer);
            }
            before = layer;
        }
        // Who calls the model reads its outputs.
        JsonValue outputs = model.object("config").members().get("output_layers");
        if (outputs != null) {
            references(outputs, JsonMembers.NONE);
        }
    }

    private void reads(String read, JsonMembers reader) {
        readers.computeIfAbsent(read, _ -> new ArrayList<>()).add(reader);
    }

    /** Each array that begins with a name and a number is a result: {@code ["dense", 0, 0]}. */
    private void references(JsonValue value, JsonMembers reader) {
        switch (value) {
            case JsonValue.Array array -> {
                boolean result = array.elements().size() > 1
                        && array.elements().get(0) instanceof JsonValue.Text
                        && array.elements().get(1) instanceof JsonValue.Number;
                if (result) {
                    reads(((JsonValue.Text) array.elements().getFirst()).value(), reader);
                }
                array.elements().forEach(element -> references(element, reader));
            }
            case JsonValue.Members object -> object.members().values().forEach(member -> references(member, reader));
            case JsonValue.Text _, JsonValue.Number _, JsonValue.Bool _, JsonValue.Null _ -> {}
        }
    }

    /** The layer; one without an activation of its own with that of the layer behind it. */
    JsonMembers withActivation(JsonMembers layer) {
        return behind(name(layer), 0).map(found -> with(layer, found)).orElse(layer);
    }

    private Optional<JsonMembers> behind(String name, int skipped) {
        List<JsonMembers> found = readers.getOrDefault(name, List.of());
        if (found.size() != 1 || skipped > readers.size()) {
            return Optional.empty();
        }
        String type = found.getFirst().text("class_name", "");
        if (NOTHING.contains(type)) {
            return behind(name(found.getFirst()), skipped + 1);
        }
        boolean operation = found.getFirst().text("module", "").contains(".ops");
        return ACTIVATIONS.contains(type) && !operation ? Optional.of(found.getFirst()) : Optional.empty();
    }

    private static JsonMembers with(JsonMembers layer, JsonMembers activation) {
        JsonMembers config = layer.object("config");
        return switch (layer.text("class_name", "")) {
            case "Dense" ->
                KerasActivation.isLinear(config.members().get("activation"))
                        ? layer.with(
                                "config",
                                config.with("activation", new JsonValue.Members(activation.members()))
                                        .members())
                        : layer;
            case "TimeDistributed" ->
                layer.with(
                        "config",
                        config.with(
                                        "layer",
                                        with(config.object("layer"), activation).members())
                                .members());
            default -> layer;
        };
    }

    private static String name(JsonMembers layer) {
        return layer.text("name", layer.object("config").text("name", ""));
    }
}
