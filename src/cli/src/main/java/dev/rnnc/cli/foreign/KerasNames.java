package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Finds the layers of a file of Keras. Up to version 2, and in HDF5 files of whole models, the path of a variable ends in
 * what it is, as {@code lstm/lstm_cell/kernel:0}; Keras 3 numbers a layer's variables in the order in which they were made,
 * as {@code layers/lstm/cell/vars/0}, and calls the layer after its class. What stands in one group is one layer; the two
 * directions of a bidirectional one are told by the names {@code forward_...} and {@code backward_...}.
 */
final class KerasNames {
    private static final String FORWARD = "forward_";
    private static final String BACKWARD = "backward_";
    private static final Set<String> ROLES = Set.of(
            KerasSources.KERNEL,
            KerasSources.RECURRENT_KERNEL,
            KerasSources.BIAS,
            KerasSources.EMBEDDINGS,
            "gamma",
            "beta",
            "moving_mean",
            "moving_variance");

    private final Optional<KerasModel> model;
    private final Map<String, String> ownNames;
    private final Set<String> parents = new LinkedHashSet<>();
    private final SequencedMap<String, Found> units = new LinkedHashMap<>();

    private KerasNames(Framework.Names names) {
        this.model = names.about().keras();
        this.ownNames = names.about().groupNames();
    }

    /**
     * The variables of one layer as they are found.
     *
     * @param place where the configuration has it
     */
    private record Found(
            int place, SequencedSet<String> names, SequencedMap<String, String> tensors, boolean[] required) {}

    static List<FileUnit> units(Framework.Names names) {
        KerasNames search = new KerasNames(names);
        names.tensors().keySet().forEach(name -> search.parents.add(parent(parts(name))));
        names.tensors().forEach((name, tensor) -> search.add(name, tensor, names.requires(name)));
        List<FileUnit> units = new ArrayList<>();
        // The cells of one RNN stand one on the other, in the order of the configuration.
        Map<String, Integer> cells = new HashMap<>();
        search.units.entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> entry.getValue().place))
                .forEach(entry -> {
                    Found found = entry.getValue();
                    boolean ordered = found.place > 0;
                    String module = ordered ? entry.getKey().replaceFirst("/cells/.*", "") : entry.getKey();
                    int layer = cells.merge(module, 1, Integer::sum) - 1;
                    units.add(new FileUnit(module, List.copyOf(found.names), layer, found.tensors, found.required[0]));
                });
        return units;
    }

    private void add(String name, String tensor, boolean required) {
        List<String> parts = parts(name);
        Optional<KerasLayer> layer = model.flatMap(m -> KerasPlaces.layer(m, tensor));
        String role = layer.map(l -> role(parts, l.type(), l.settings()))
                .orElseGet(() -> role(parts, typeOf(parts), JsonMembers.NONE));
        if (role == null || parts.size() < 2) {
            return;
        }
        String parent = parent(parts);
        boolean backward = layer.map(l -> l.direction() == KerasLayer.Direction.BACKWARD)
                .orElseGet(() -> isHalf(parts, BACKWARD, FORWARD));
        boolean half = backward
                || layer.map(l -> l.direction() == KerasLayer.Direction.FORWARD)
                        .orElseGet(() -> isHalf(parts, FORWARD, BACKWARD));
        String key = layer.map(l -> l.group().replaceAll("/(forward|backward)_layer", ""))
                .orElseGet(() -> half ? whole(parts) : parent);
        int place = layer.map(l -> 1 + model.get().layers().indexOf(l)).orElse(0);
        Found found = units.computeIfAbsent(
                key, _ -> new Found(place, new LinkedHashSet<>(), new LinkedHashMap<>(), new boolean[] {true}));
        found.names.addAll(layer.map(KerasPlaces::names).orElseGet(() -> names(parts)));
        found.required[0] &= required;
        String full = role + (backward ? ModelUnit.REVERSE : "");
        // Two variables of one role are of two layers; the second then fits nothing, and is told as left over.
        if (found.tensors.putIfAbsent(full, tensor) != null) {
            found.tensors.put(full + " of " + parent, tensor);
        }
    }

    private static List<String> parts(String name) {
        List<String> parts = new ArrayList<>(Arrays.asList(name.split("[/.]")));
        parts.removeIf(part -> part.equals("model_weights"));
        return parts;
    }

    /** The group that holds a variable. */
    private static String parent(List<String> parts) {
        List<String> above = parts.subList(0, parts.size() - 1);
        return String.join(
                "/", !above.isEmpty() && above.getLast().equals("vars") ? above.subList(0, above.size() - 1) : above);
    }

    /** Whether a variable is of one half of a bidirectional layer: a group beside it has the other. */
    private boolean isHalf(List<String> parts, String prefix, String other) {
        int at = half(parts);
        if (at < 0 || !parts.get(at).startsWith(prefix)) {
            return false;
        }
        String beside = String.join("/", parts.subList(0, at)) + (at > 0 ? "/" : "") + other;
        return parents.stream().anyMatch(parent -> parent.startsWith(beside));
    }

    private static int half(List<String> parts) {
        for (int i = parts.size() - 2; i >= 0; i--) {
            if (parts.get(i).startsWith(FORWARD) || parts.get(i).startsWith(BACKWARD)) {
                return i;
            }
        }
        return -1;
    }

    /** The path of a bidirectional layer: the cells of its halves may have numbers of their own. */
    private static String whole(List<String> parts) {
        return String.join("/", parts.subList(0, half(parts)));
    }

    /** What a layer without a configuration is called. */
    private List<String> names(List<String> parts) {
        SequencedSet<String> names = new LinkedHashSet<>();
        String place = "";
        boolean numbered = parts.size() > 2 && parts.get(parts.size() - 2).equals("vars");
        for (String part : parts.subList(0, parts.size() - 1)) {
            place = place.isEmpty() ? part : place + "/" + part;
            String own = ownNames.get(place);
            if (own != null) {
                names.add(own);
            } else if (!numbered || !part.matches(KerasPlaces.CLASS_NAMES)) {
                names.add(part);
            }
        }
        if (names.isEmpty()) {
            names.add(parent(parts));
        }
        return List.copyOf(names);
    }

    /** The class of a layer of Keras 3 without a configuration, by the name of its group. */
    private static String typeOf(List<String> parts) {
        String group = parts.size() > 2 ? parts.get(parts.size() - 3).replaceFirst("_[0-9]+$", "") : "";
        return switch (group) {
            case "embedding" -> "Embedding";
            case "layer_normalization" -> "LayerNormalization";
            case "batch_normalization" -> "BatchNormalization";
            case "cell", "lstm_cell", "gru_cell", "simple_rnn_cell" -> "LSTM";
            default -> parts.getFirst().equals("embedding") ? "Embedding" : "Dense";
        };
    }

    /** The variables of each layer in a file, from what they are to their names; layers are compared by identity. */
    static Map<KerasLayer, SequencedMap<String, String>> variables(KerasModel model, Map<String, Tensor> tensors) {
        Map<KerasLayer, SequencedMap<String, String>> variables = new IdentityHashMap<>();
        for (String tensor : tensors.keySet()) {
            KerasPlaces.layer(model, tensor).ifPresent(layer -> {
                String role = role(parts(tensor), layer.type(), layer.settings());
                if (role != null) {
                    variables.computeIfAbsent(layer, _ -> new LinkedHashMap<>()).put(role, tensor);
                }
            });
        }
        return variables;
    }

    /** What a variable is, or null. */
    private static String role(List<String> parts, String type, JsonMembers settings) {
        String last = parts.getLast().replaceFirst(":[0-9]+$", "");
        if (ROLES.contains(last)) {
            return last;
        }
        boolean numbered = parts.size() > 1 && parts.get(parts.size() - 2).equals("vars");
        if (!numbered || !last.matches("[0-9]{1,3}")) {
            return null;
        }
        List<String> roles = KerasPlaces.variables(type, settings);
        int index = Integer.parseInt(last);
        return index < roles.size() ? roles.get(index) : null;
    }
}
