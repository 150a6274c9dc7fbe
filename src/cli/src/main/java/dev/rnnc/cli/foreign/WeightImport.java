package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.WeightMismatchException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/** Makes a model's parameters from the tensors of a file. Every difference is found before anything is reported. */
public final class WeightImport {
    private final Map<String, Tensor> tensors;
    private final WeightMap map;
    private final boolean initial;
    private final List<String> missing = new ArrayList<>();
    private final List<String> different = new ArrayList<>();
    private final Set<String> unused;

    private WeightImport(Map<String, Tensor> tensors, WeightMap map, boolean initial) {
        this.tensors = tensors;
        this.map = map;
        this.initial = initial;
        this.unused = new LinkedHashSet<>(tensors.keySet());
    }

    /**
     * Makes all parameters of a model.
     *
     * @param file where the tensors come from, for messages
     * @throws IllegalArgumentException if the map names a parameter the model has not
     * @throws WeightMismatchException if a tensor is missing or left over, or shape or element type differ
     */
    public static Parameters load(Path file, ModelSpec model, Map<String, Tensor> tensors, WeightMap map) {
        Parameters parameters = new Parameters(model);
        new WeightImport(tensors, map, false).fill(file, parameters);
        return parameters;
    }

    /**
     * Replaces parameters, to train on from them; those that the map calls {@code initial} stay as they are.
     *
     * @throws IllegalArgumentException if the map names a parameter the model has not
     * @throws WeightMismatchException if a tensor is missing or left over, or shape or element type differ
     */
    public static void replace(Path file, Parameters parameters, Map<String, Tensor> tensors, WeightMap map) {
        new WeightImport(tensors, map, true).fill(file, parameters);
    }

    /** What each parameter of a model is made from: as the map says, or its own name, or its alias. */
    public static SequencedMap<String, Source> sources(ModelSpec model, Set<String> tensors, WeightMap map) {
        SequencedMap<String, Source> sources = new LinkedHashMap<>();
        for (ParameterSpec parameter : model.parameters()) {
            String own = parameter.name();
            boolean byAlias =
                    parameter.alias() != null && !tensors.contains(own) && tensors.contains(parameter.alias());
            Source byName = Source.Sum.of(byAlias ? parameter.alias() : own);
            sources.put(own, map.sources().getOrDefault(own, byName));
        }
        return sources;
    }

    private void fill(Path file, Parameters parameters) {
        ModelSpec model = parameters.spec();
        map.sources().keySet().forEach(parameters::slice);
        Map<String, Source> sources = sources(model, tensors.keySet(), map);
        Map<String, double[]> values = new LinkedHashMap<>();
        for (ParameterSpec parameter : parameters.slices()) {
            switch (sources.get(parameter.name())) {
                case Source.Zeros _ -> values.put(parameter.name(), new double[parameter.size()]);
                case Source.Initial _ -> {
                    if (!initial) {
                        missing.add(parameter.name() + " " + parameter.shape()
                                + " ('initial' is for training, which has first values)");
                    }
                }
                case Source.Sum sum -> {
                    if (isSound(parameter, sum)) {
                        values.put(parameter.name(), sum.values(tensors));
                    }
                }
            }
        }
        unused.removeIf(map::ignores);
        if (!missing.isEmpty() || !unused.isEmpty() || !different.isEmpty()) {
            List<String> unexpected =
                    unused.stream().map(name -> name + " " + tensors.get(name)).toList();
            throw new WeightMismatchException(file, model.name(), missing, unexpected, different);
        }
        values.forEach(parameters::set);
    }

    private boolean isSound(ParameterSpec parameter, Source.Sum sum) {
        String name = parameter.name();
        List<String> names = sum.parts().stream().map(Source.Part::tensor).toList();
        names.forEach(unused::remove);
        for (String tensor : names) {
            if (!tensors.containsKey(tensor)) {
                String remark = map.remarks().get(name);
                missing.add(name + " " + parameter.shape()
                        + (remark != null ? " (" + remark + ")" : tensor.equals(name) ? "" : " (as " + tensor + ")"));
                return false;
            }
        }
        for (String tensor : names) {
            if (!tensors.get(tensor).dtype().isFloating()) {
                different.add(tensor + ": the model has floating-point numbers, the file "
                        + tensors.get(tensor).dtype());
                return false;
            }
        }
        try {
            List<Integer> shape = sum.shape(tensors);
            if (shape.equals(parameter.shape())) {
                return true;
            }
            boolean plain = sum.toString().equals(name);
            different.add((plain ? name : name + " = " + sum) + ": the model has " + parameter.shape() + ", the file "
                    + shape);
        } catch (LayoutException e) {
            different.add(name + " = " + sum + ": " + e.getMessage());
        }
        return false;
    }
}
