package dev.rnnc.cli.foreign;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** A framework whose weight files explain themselves by the names of their tensors. */
public enum Framework {
    /** {@code torch.nn}: {@code rnn.weight_ih_l0}, {@code fc.weight}. */
    TORCH {
        @Override
        List<FileUnit> units(Names names) {
            return TorchNames.units(names);
        }

        @Override
        Map<String, Source> sources(ModelUnit unit, FileUnit file) {
            return TorchNames.sources(unit, file);
        }
    },
    /** Keras: {@code lstm/lstm_cell/kernel:0}, or {@code layers/lstm/cell/vars/0} since Keras 3. */
    KERAS {
        @Override
        List<FileUnit> units(Names names) {
            return KerasNames.units(names);
        }

        @Override
        Map<String, Source> sources(ModelUnit unit, FileUnit file) {
            return KerasSources.sources(unit, file);
        }
    };

    /**
     * The tensors of a file, each as the framework names it.
     *
     * @param tensors from the name without the prefix to the name in the file
     * @param below how many of them, the first ones, stand below the prefix; the model must have a place for these only
     * @param about what else the file says
     */
    record Names(SequencedMap<String, String> tensors, int below, FileNotes about) {
        /** Whether the model must have a place for that tensor. */
        boolean requires(String name) {
            return tensors.sequencedKeySet().stream().limit(below).anyMatch(name::equals);
        }
    }

    /** The layers of a file. */
    abstract List<FileUnit> units(Names names);

    /** How a unit's parameters, by their roles, are made from the tensors of a layer; none for a parameter without one. */
    abstract Map<String, Source> sources(ModelUnit unit, FileUnit file);

    /**
     * Finds the tensors of each parameter: layers that are named alike go together, then those of whose shape there is
     * only one.
     *
     * @param chains names of recurrent layers, each of which reads nothing but the one before and is read by nothing but the
     *     one behind
     * @param tensors the file's
     * @param prefix where the model begins in the file, as in {@code encoder.rnn}; empty for all of it. What stands
     *     elsewhere is used where something is missing, and may be left over
     */
    public WeightMap match(ModelSpec model, List<List<String>> chains, Map<String, Tensor> tensors, String prefix) {
        return match(model, chains, List.of(), tensors, prefix, FileNotes.NONE);
    }

    /**
     * The same with what the file says besides.
     *
     * @param whole the chains whatever else reads the layers within them; for files that have each in one module
     * @param about the file's notes on its layers
     */
    public WeightMap match(
            ModelSpec model,
            List<List<String>> chains,
            List<List<String>> whole,
            Map<String, Tensor> tensors,
            String prefix,
            FileNotes about) {
        SequencedMap<String, String> below = new LinkedHashMap<>();
        SequencedMap<String, String> elsewhere = new LinkedHashMap<>();
        for (String tensor : tensors.keySet().stream().sorted().toList()) {
            if (tensor.startsWith(prefix) && !tensor.equals(prefix)) {
                String rest = tensor.substring(prefix.length());
                boolean part = prefix.isEmpty() || prefix.matches(".*[./]") || rest.matches("[./].*");
                if (part) {
                    below.put(rest.replaceFirst("^[./]", ""), tensor);
                    continue;
                }
            }
            elsewhere.put(tensor, tensor);
        }
        int required = below.size();
        elsewhere.forEach(below::putIfAbsent);
        List<FileUnit> units = units(new Names(below, required, about));
        WeightMap found = new UnitMatcher(this, tensors, units)
                .match(ModelUnit.stacks(model, chains), ModelUnit.stacks(model, whole));
        SequencedMap<String, Source> sources = new LinkedHashMap<>(found.sources());
        for (ParameterSpec parameter : model.parameters()) {
            // What the framework has no name for goes by the model's.
            String own = below.get(parameter.name());
            if (own != null) {
                sources.putIfAbsent(parameter.name(), Source.Sum.of(own));
            }
        }
        return new WeightMap(sources, new ArrayList<>(elsewhere.values()), found.remarks());
    }
}
