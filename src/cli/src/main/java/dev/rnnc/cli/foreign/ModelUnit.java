package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parameters of one call of a cell, both directions of a bidirectional layer together.
 *
 * @param name the call's name, as in {@code h1}
 * @param kind what other frameworks have for it
 * @param parameters by their names in the cell, those of a backward direction with {@code _reverse} behind
 */
record ModelUnit(String name, Kind kind, SequencedMap<String, ParameterSpec> parameters) {
    static final String REVERSE = "_reverse";

    private static final String FORWARD_PART = ".forward";
    private static final String BACKWARD_PART = ".backward";
    private static final Set<String> RECURRENT = Set.of("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr");
    private static final Set<String> ONE_BIAS = Set.of("weight_ih", "weight_hh", "bias");

    /** What a normalisation's vectors are called, to Keras' names for them. */
    private static final Map<String, String> NORMALISING = Map.ofEntries(
            Map.entry("gamma", "gamma"),
            Map.entry("weight", "gamma"),
            Map.entry("scale", "gamma"),
            Map.entry("gain", "gamma"),
            Map.entry("beta", "beta"),
            Map.entry("bias", "beta"),
            Map.entry("shift", "beta"),
            Map.entry("moving_mean", "moving_mean"),
            Map.entry("running_mean", "moving_mean"),
            Map.entry("mean", "moving_mean"),
            Map.entry("moving_variance", "moving_variance"),
            Map.entry("running_var", "moving_variance"),
            Map.entry("variance", "moving_variance"));

    private static final Set<String> RESET_BEFORE = Set.of("weight_ih", "weight_hh", "weight_hn", "bias");

    ModelUnit {
        parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
    }

    /** What other frameworks have for a cell's parameters. */
    enum Kind {
        /** The parameters of PyTorch's recurrent modules. */
        RECURRENT,
        /** The same of an LSTM or Elman network with a single {@code bias}. */
        ONE_BIAS,
        /** Those of {@code gru_reset_before}: Keras' GRU with {@code reset_after=False}. */
        RESET_BEFORE,
        /** A matrix {@code weight}, perhaps with a {@code bias}: a linear or embedding layer. */
        PLAIN,
        /** Vectors alone that scale and shift what was normalised, and perhaps moving mean and variance. */
        NORMALISING,
        /** Anything else. */
        OTHER
    }

    /** Keras' name for a vector of a normalisation; null for none. */
    static String normalising(String role) {
        return NORMALISING.get(role);
    }

    /** Whether it goes along a sequence in a module that other frameworks have too. */
    boolean recurs() {
        return kind == Kind.RECURRENT || kind == Kind.ONE_BIAS || kind == Kind.RESET_BEFORE;
    }

    /** The shape of a parameter. */
    List<Integer> shape(String role) {
        return parameters.get(role).shape();
    }

    /**
     * The units of a model as stacks: recurrent layers that other frameworks would have in one module, from the first on;
     * all others alone.
     *
     * @param chains names of recurrent layers, each of which reads nothing but the one before
     */
    static List<List<ModelUnit>> stacks(ModelSpec model, List<List<String>> chains) {
        SequencedMap<String, ModelUnit> units = units(model);
        List<List<ModelUnit>> stacks = new ArrayList<>();
        for (List<String> chain : chains) {
            List<ModelUnit> stack = new ArrayList<>();
            for (String layer : chain) {
                ModelUnit unit = units.get(layer);
                if (unit == null || unit.kind != Kind.RECURRENT) {
                    continue;
                }
                if (!stack.isEmpty() && !unit.stacksOn(stack.getLast())) {
                    stacks.add(stack);
                    stack = new ArrayList<>();
                }
                stack.add(units.remove(layer));
            }
            if (!stack.isEmpty()) {
                stacks.add(stack);
            }
        }
        units.values().forEach(unit -> stacks.add(List.of(unit)));
        return stacks;
    }

    private static SequencedMap<String, ModelUnit> units(ModelSpec model) {
        SequencedMap<String, SequencedMap<String, ParameterSpec>> calls = new LinkedHashMap<>();
        for (ParameterSpec parameter : model.parameters()) {
            int dot = parameter.name().lastIndexOf('.');
            String call = dot < 0 ? "" : parameter.name().substring(0, dot);
            String role = parameter.name().substring(dot + 1);
            if (call.endsWith(FORWARD_PART)) {
                call = call.substring(0, call.length() - FORWARD_PART.length());
            } else if (call.endsWith(BACKWARD_PART)) {
                call = call.substring(0, call.length() - BACKWARD_PART.length());
                role += REVERSE;
            }
            calls.computeIfAbsent(call, _ -> new LinkedHashMap<>()).put(role, parameter);
        }
        SequencedMap<String, ModelUnit> units = new LinkedHashMap<>();
        calls.forEach((call, parameters) -> units.put(call, new ModelUnit(call, kind(parameters), parameters)));
        return units;
    }

    private static Kind kind(Map<String, ParameterSpec> parameters) {
        Set<String> roles = new TreeSet<>();
        parameters.keySet().forEach(role -> roles.add(role.replace(REVERSE, "")));
        if (roles.contains("weight_ih") && roles.contains("weight_hh")) {
            boolean sameRows = parameters
                    .get("weight_ih")
                    .shape()
                    .getFirst()
                    .equals(parameters.get("weight_hh").shape().getFirst());
            boolean both = roles.contains("bias_ih") == roles.contains("bias_hh");
            if (RECURRENT.containsAll(roles) && sameRows && both) {
                return Kind.RECURRENT;
            }
            if (roles.equals(ONE_BIAS) && sameRows && hasOneBias(parameters)) {
                return Kind.ONE_BIAS;
            }
            return roles.equals(RESET_BEFORE) ? Kind.RESET_BEFORE : Kind.OTHER;
        }
        boolean plain = roles.equals(Set.of("weight")) || roles.equals(Set.of("weight", "bias"));
        if (plain && parameters.get("weight").shape().size() == 2) {
            return Kind.PLAIN;
        }
        return normalises(parameters) ? Kind.NORMALISING : Kind.OTHER;
    }

    /** Whether all are vectors of one size with the names of a normalisation's, one for its scale and one for its shift. */
    private static boolean normalises(Map<String, ParameterSpec> parameters) {
        Set<String> found = new TreeSet<>();
        for (String role : parameters.keySet()) {
            String name = normalising(role);
            if (name == null || !found.add(name)) {
                return false;
            }
        }
        return found.contains("gamma")
                && found.contains("beta")
                && parameters.values().stream()
                                .map(ParameterSpec::shape)
                                .distinct()
                                .count()
                        == 1
                && parameters.values().iterator().next().shape().size() == 1;
    }

    /** Whether it is an LSTM or an Elman network whose two biases are one. */
    private static boolean hasOneBias(Map<String, ParameterSpec> parameters) {
        List<Integer> state = parameters.get("weight_hh").shape();
        return state.size() == 2
                && (state.getFirst().equals(state.getLast()) || state.getFirst() == 4 * state.getLast());
    }

    /** Whether PyTorch would have both in one module: of one size, with the same parameters. */
    private boolean stacksOn(ModelUnit below) {
        return parameters.keySet().equals(below.parameters.keySet())
                && parameters.keySet().stream()
                        .filter(role -> !role.startsWith("weight_ih"))
                        .allMatch(role -> shape(role).equals(below.shape(role)));
    }
}
