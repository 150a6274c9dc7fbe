package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a whole-model file of Keras states about its layers.
 *
 * @param major the major version of the Keras that wrote it; 3 where the file does not say
 * @param layers those that may have weights, in the order of the file
 * @param others those that have none, each as its path and class
 */
public record KerasModel(int major, List<KerasLayer> layers, List<Plain> others) {
    private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

    public KerasModel {
        layers = List.copyOf(layers);
        others = List.copyOf(others);
    }

    /**
     * A layer without weights.
     *
     * @param name its path
     * @param type its class
     * @param module where the class stands, as in {@code keras.layers}; empty where the file does not say
     * @param registered the name under which a class of one's own is registered; empty for none
     */
    record Plain(String name, String type, JsonMembers settings, String module, String registered) {}

    /**
     * Reads a configuration.
     *
     * @param json as in {@code config.json} of an archive, or the attribute {@code model_config} of an HDF5 file
     * @param version the Keras that wrote it, as in {@code 2.2.4}; empty where unknown
     * @throws WeightMapException if it is no configuration of a model
     */
    public static KerasModel read(String json, String version) throws WeightMapException {
        JsonMembers root;
        try {
            root = JsonMembers.of(Json.parse(json));
        } catch (JsonException e) {
            throw new WeightMapException(e.getMessage());
        }
        String type = root.text("class_name", "");
        if (type.isEmpty()) {
            throw new WeightMapException("it names no class of a model");
        }
        Walk walk = new Walk();
        if (MODELS.contains(type) || !layers(root).isEmpty()) {
            walk.children(root, List.of(), "", new Around(KerasLayer.Direction.ALONE, "", JsonMembers.NONE));
        } else {
            walk.others.add(new Plain(
                    root.object("config").text("name", type),
                    type,
                    root.object("config"),
                    root.text("module", ""),
                    root.text("registered_name", "")));
        }
        int major =
                version.matches("[0-9]{1,4}\\..*") ? Integer.parseInt(version.substring(0, version.indexOf('.'))) : 3;
        return new KerasModel(major, walk.layers, walk.others);
    }

    /** The layers of a model; before Keras 2.3 a sequential model was the array of them. */
    private static List<JsonValue> layers(JsonMembers model) {
        List<JsonValue> layers = model.object("config").array("layers");
        return layers.isEmpty() ? model.array("config") : layers;
    }

    /** What is said about a layer by those around it. */
    private record Around(KerasLayer.Direction direction, String merge, JsonMembers flow) {}

    /** Goes through models within models, wrappers and cells. */
    private static final class Walk {
        private final List<KerasLayer> layers = new ArrayList<>();
        private final List<Plain> others = new ArrayList<>();

        void children(JsonMembers model, List<String> path, String group, Around around) {
            Map<String, Integer> counts = new HashMap<>();
            KerasFollowers followers = new KerasFollowers(model, layers(model));
            for (JsonValue element : layers(model)) {
                JsonMembers layer = JsonMembers.of(element);
                String place = group + "layers/" + numbered(layer, counts);
                layer(followers.withActivation(layer), below(path, layer), place, around);
            }
        }

        private void layer(JsonMembers layer, List<String> path, String group, Around around) {
            String type = type(layer);
            JsonMembers config = layer.object("config");
            if (MODELS.contains(type)) {
                children(layer, path, group + "/", around);
                return;
            }
            switch (type) {
                case "TimeDistributed" -> {
                    JsonMembers inner = config.object("layer");
                    layer(inner, below(path, inner), group + "/layer", around);
                }
                case "Bidirectional" -> bidirectional(config, path, group);
                case "RNN" -> cells(config.object("cell"), path, group + "/cell", around(around, config));
                case "LSTM", "GRU", "SimpleRNN" -> add(type, config, path, group + "/cell", around(around, config));
                default -> {
                    add(type, config, path, group, around);
                    others.add(new Plain(
                            String.join("/", path),
                            type,
                            config,
                            layer.text("module", ""),
                            layer.text("registered_name", "")));
                }
            }
        }

        private static Around around(Around around, JsonMembers flow) {
            return new Around(around.direction, around.merge, flow);
        }

        private void bidirectional(JsonMembers config, List<String> path, String group) {
            JsonMembers forward = config.object("layer");
            JsonMembers backward = config.members().containsKey("backward_layer")
                            && config.members().get("backward_layer") instanceof JsonValue.Members
                    ? config.object("backward_layer")
                    : forward;
            String merge = config.text("merge_mode", "");
            layer(
                    forward,
                    below(path, half(forward, "forward_")),
                    group + "/forward_layer",
                    new Around(KerasLayer.Direction.FORWARD, merge, JsonMembers.NONE));
            layer(
                    backward,
                    below(path, half(backward, "backward_")),
                    group + "/backward_layer",
                    new Around(KerasLayer.Direction.BACKWARD, merge, JsonMembers.NONE));
        }

        /** A direction as Keras calls it: up to version 2 the file has the name of the layer it was made from. */
        private static JsonMembers half(JsonMembers layer, String prefix) {
            String name = layer.object("config").text("name", "");
            String plain = name.replaceFirst("^(forward|backward)_", "");
            return new JsonMembers(new LinkedHashMap<>(Map.of(
                    "config",
                    new JsonValue.Members(new LinkedHashMap<>(Map.of("name", new JsonValue.Text(prefix + plain)))))));
        }

        private void cells(JsonMembers cell, List<String> path, String group, Around around) {
            String type = type(cell);
            JsonMembers config = cell.object("config");
            if (type.equals("StackedRNNCells")) {
                Map<String, Integer> counts = new HashMap<>();
                for (JsonValue element : config.array("cells")) {
                    JsonMembers one = JsonMembers.of(element);
                    cells(one, below(path, one), group + "/cells/" + numbered(one, counts), around);
                }
                return;
            }
            List<String> own = path.getLast().equals(config.text("name", "")) ? path : below(path, cell);
            switch (type) {
                case "LSTMCell", "GRUCell", "SimpleRNNCell" ->
                    add(type.substring(0, type.length() - "Cell".length()), config, own, group, around);
                default -> {
                    add(type, config, own, group, around);
                    others.add(new Plain(
                            String.join("/", own),
                            type,
                            config,
                            cell.text("module", ""),
                            cell.text("registered_name", "")));
                }
            }
        }

        private void add(String type, JsonMembers config, List<String> path, String group, Around around) {
            layers.add(new KerasLayer(path, type, config, around.flow, around.direction, around.merge, group));
        }

        private static List<String> below(List<String> path, JsonMembers layer) {
            List<String> below = new ArrayList<>(path);
            below.add(layer.object("config").text("name", layer.text("name", type(layer))));
            return below;
        }

        /** The name of Keras 3 for a layer among those beside it: its class, and from the second on its number. */
        private static String numbered(JsonMembers layer, Map<String, Integer> counts) {
            String snake = type(layer)
                    .replaceAll("\\W+", "")
                    .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                    .replaceAll("([a-z])([A-Z])", "$1_$2")
                    .toLowerCase(Locale.ROOT);
            int count = counts.merge(snake, 1, Integer::sum);
            return count == 1 ? snake : snake + "_" + (count - 1);
        }

        private static String type(JsonMembers layer) {
            return layer.text("class_name", "");
        }
    }
}
