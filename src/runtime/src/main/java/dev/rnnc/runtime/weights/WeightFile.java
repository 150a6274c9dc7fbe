package dev.rnnc.runtime.weights;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A model's parameters in a safetensors file, one tensor per parameter under the parameter's name. */
public final class WeightFile {
    private WeightFile() {}

    /** Writes all parameters, as F32 or F64 by the model's precision, replacing a file that exists in one move. */
    public static void save(Parameters parameters, Path path, Map<String, String> metadata) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec parameter : parameters.slices()) {
            String name = parameter.name();
            tensors.put(
                    name,
                    switch (parameters.spec().precision()) {
                        case FLOAT -> Tensor.ofFloats(parameter.shape(), parameters.floats(name));
                        case DOUBLE -> Tensor.ofDoubles(parameter.shape(), parameters.values(name));
                    });
        }
        SafeTensors.write(path, tensors, metadata);
    }

    /**
     * Reads all parameters of a model; a parameter may also stand under its {@link ParameterSpec#alias}.
     *
     * @throws WeightMismatchException if a parameter is missing, a tensor is left over, or a shape differs
     * @throws IOException if the file cannot be read or is not a safetensors file
     */
    public static Parameters load(Path path, ModelSpec spec) throws IOException {
        return load(path, spec, Map.of());
    }

    /**
     * Reads all parameters of a model with other names in the file.
     *
     * @param mapping from a parameter's name to the tensor's name in the file; what it does not name goes by its own
     *     name or alias
     * @throws IllegalArgumentException if the mapping names a parameter the model has not
     * @throws WeightMismatchException if a parameter is missing, a tensor is left over, or a shape differs
     * @throws IOException if the file cannot be read or is not a safetensors file
     */
    public static Parameters load(Path path, ModelSpec spec, Map<String, String> mapping) throws IOException {
        return assign(path, SafeTensors.read(path).tensors(), spec, mapping);
    }

    /** The parameters of a model out of the tensors of a file. */
    static Parameters assign(Path path, Map<String, Tensor> tensors, ModelSpec spec, Map<String, String> mapping) {
        Parameters parameters = new Parameters(spec);
        mapping.keySet().forEach(parameters::slice);
        Set<String> unused = new LinkedHashSet<>(tensors.keySet());
        List<String> missing = new ArrayList<>();
        List<String> different = new ArrayList<>();
        for (ParameterSpec parameter : spec.parameters()) {
            String name = nameInFile(parameter, mapping, tensors);
            Tensor tensor = tensors.get(name);
            if (tensor == null) {
                missing.add(parameter.name() + " " + parameter.shape()
                        + (name.equals(parameter.name()) ? "" : " (as " + name + ")"));
                continue;
            }
            unused.remove(name);
            if (!tensor.shape().equals(parameter.shape())) {
                different.add(name + ": the model has " + parameter.shape() + ", the file " + tensor.shape());
            } else if (!tensor.dtype().isFloating()) {
                different.add(name + ": the model has floating-point numbers, the file " + tensor.dtype());
            } else {
                parameters.set(parameter.name(), tensor.doubles());
            }
        }
        if (!missing.isEmpty() || !unused.isEmpty() || !different.isEmpty()) {
            List<String> unexpected =
                    unused.stream().map(name -> name + " " + tensors.get(name)).toList();
            throw new WeightMismatchException(path, spec.name(), missing, unexpected, different);
        }
        return parameters;
    }

    private static String nameInFile(
            ParameterSpec parameter, Map<String, String> mapping, Map<String, Tensor> tensors) {
        String mapped = mapping.get(parameter.name());
        if (mapped != null) {
            return mapped;
        }
        boolean byAlias = parameter.alias() != null && !tensors.containsKey(parameter.name());
        return byAlias && tensors.containsKey(parameter.alias()) ? parameter.alias() : parameter.name();
    }
}
