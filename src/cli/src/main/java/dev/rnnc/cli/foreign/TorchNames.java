package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that parameters have in the state dicts of {@code torch.nn.RNN}, {@code LSTM}, {@code GRU}, their single
 * cells, {@code Linear} and {@code Embedding}. Shapes and gate order are the library cells' own.
 */
public final class TorchNames {
    /** {@code MODULE.weight_ih_l0_reverse}; {@code MODULE.weight_ih} of a single cell; {@code MODULE.weight}. */
    private static final Pattern NAME = Pattern.compile(
            "(?:(.*)\\.)?(?:(weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)(?:_l([0-9]{1,4})(_reverse)?)?|(weight|bias))");

    private TorchNames() {}

    /**
     * The name of each parameter in a state dict: its alias where it has one; {@code MODULE.weight_ih_lK} with {@code
     * _reverse} behind for the K-th layer of a stack, which is one module named after its first layer; else its own.
     *
     * @param chains names of recurrent layers, each of which reads nothing but the one before
     * @param prefix what stands before each name but an alias, as in {@code encoder}; empty for nothing
     * @throws IllegalArgumentException if two parameters come to one name
     */
    public static SequencedMap<String, String> of(ModelSpec model, List<List<String>> chains, String prefix) {
        String before = prefix.isEmpty() || prefix.endsWith(".") ? prefix : prefix + ".";
        Map<String, String> stacked = new LinkedHashMap<>();
        for (List<ModelUnit> stack : ModelUnit.stacks(model, chains)) {
            for (int i = 0; i < stack.size(); i++) {
                ModelUnit unit = stack.get(i);
                if (unit.kind() == ModelUnit.Kind.RECURRENT) {
                    String module = stack.getFirst().name();
                    int layer = i;
                    unit.parameters()
                            .forEach((role, parameter) ->
                                    stacked.put(parameter.name(), module + "." + layered(role, layer)));
                }
            }
        }
        SequencedMap<String, String> names = new LinkedHashMap<>();
        for (ParameterSpec parameter : model.parameters()) {
            String own = parameter.name();
            String name = parameter.alias() != null ? parameter.alias() : before + stacked.getOrDefault(own, own);
            names.forEach((other, taken) -> {
                if (taken.equals(name)) {
                    throw new IllegalArgumentException("parameters '" + other + "' and '" + own + "' would both be '"
                            + name + "'; rename a layer, or the name behind 'from' in its cell");
                }
            });
            names.put(own, name);
        }
        return names;
    }

    private static String layered(String role, int layer) {
        boolean reverse = role.endsWith(ModelUnit.REVERSE);
        String name = reverse ? role.substring(0, role.length() - ModelUnit.REVERSE.length()) : role;
        return name + "_l" + layer + (reverse ? ModelUnit.REVERSE : "");
    }

    static List<FileUnit> units(Framework.Names names) {
        SequencedMap<String, TreeMap<Integer, SequencedMap<String, String>>> modules = new LinkedHashMap<>();
        Map<String, Boolean> required = new LinkedHashMap<>();
        names.tensors().forEach((name, tensor) -> {
            Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                String module = parts.group(1) == null ? "" : parts.group(1);
                String role = parts.group(5) != null
                        ? parts.group(5)
                        : parts.group(2) + (parts.group(4) == null ? "" : parts.group(4));
                int layer = parts.group(3) == null ? 0 : Integer.parseInt(parts.group(3));
                modules.computeIfAbsent(module, _ -> new TreeMap<>())
                        .computeIfAbsent(layer, _ -> new LinkedHashMap<>())
                        .put(role, tensor);
                required.merge(module, names.requires(name), Boolean::logicalOr);
            }
        });
        List<FileUnit> units = new ArrayList<>();
        modules.forEach((module, layers) -> layers.forEach((layer, tensors) ->
                units.add(new FileUnit(module, List.of(module), layer, tensors, required.get(module)))));
        return units;
    }

    static Map<String, Source> sources(ModelUnit unit, FileUnit file) {
        Map<String, Source> sources = new LinkedHashMap<>();
        unit.parameters().forEach((role, _) -> {
            if (file.tensors().containsKey(role)) {
                sources.put(role, Source.Sum.of(file.tensors().get(role)));
            } else if (unit.kind() == ModelUnit.Kind.ONE_BIAS && role.startsWith("bias")) {
                String ofInput = file.tensors().get(role.replace("bias", "bias_ih"));
                String ofState = file.tensors().get(role.replace("bias", "bias_hh"));
                if (ofInput != null && ofState != null) {
                    sources.put(
                            role,
                            new Source.Sum(
                                    List.of(new Source.Part(ofInput, List.of()), new Source.Part(ofState, List.of()))));
                }
            }
        });
        return sources;
    }
}
