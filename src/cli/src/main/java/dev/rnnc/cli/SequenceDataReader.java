package dev.rnnc.cli;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.TensorFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Picks the data of a model's inputs and targets out of a file and checks them. */
final class SequenceDataReader {
    private SequenceDataReader() {}

    /**
     * Picks the model's data out of a file.
     *
     * @throws CommandFailure naming the tensor, what was expected and what was found
     */
    static SequenceData of(TensorFile file, String fileName, Backend.Source model, SequenceData.Need need) {
        Set<String> feedback =
                model.feedback().stream().map(Model.Feedback::name).collect(Collectors.toSet());
        Map<String, Tensor> found = new LinkedHashMap<>();
        Map<PortSpec, Tensor> data = new LinkedHashMap<>();
        Map<String, SequenceData.Steps> sequences = new LinkedHashMap<>();
        List<PortSpec> missing = new ArrayList<>();
        BatchSize batch = new BatchSize();
        for (PortSpec port : ports(model.spec())) {
            if (need == SequenceData.Need.GENERATION
                    && !SequenceData.inputs(model).contains(port)) {
                continue;
            }
            Tensor tensor = file.tensors().get(port.name());
            if (tensor != null) {
                DataCheck.shape(port, tensor);
                batch.agree(port, tensor);
                Tensor lengths = file.tensors().get(port.name() + Model.LENGTHS);
                SequenceData.Steps steps = null;
                if (port.rows() == Rows.SEQUENCE) {
                    steps = new SequenceData.Steps(
                            tensor.shape().getFirst(),
                            lengths == null ? null : DataCheck.lengths(port, lengths, tensor));
                    sequences.put(port.name(), steps);
                } else if (lengths != null) {
                    throw CommandFailure.job("'%s%s': '%s' has no time steps, so it takes no lengths"
                            .formatted(port.name(), Model.LENGTHS, port.name()));
                }
                DataCheck.elements(port, tensor, steps);
                found.put(port.name(), tensor);
                data.put(port, tensor);
            } else if (port.role() == Role.INPUT
                    || need == SequenceData.Need.TARGETS
                    || feedback.contains(port.name())) {
                missing.add(port);
            }
        }
        if (!missing.isEmpty()) {
            throw CommandFailure.job(
                    lacking(fileName, file, missing, need == SequenceData.Need.INPUTS ? feedback : Set.of()));
        }
        model.sequences().together().forEach(names -> DataCheck.sameSteps(names, found, sequences));
        int most = sequences.values().stream()
                .mapToInt(SequenceData.Steps::count)
                .max()
                .orElse(1);
        return new SequenceData(data, sequences, most, batch.size, ignored(file, model.spec()));
    }

    private static List<PortSpec> ports(ModelSpec model) {
        List<PortSpec> ports = new ArrayList<>(model.ports(Role.INPUT));
        ports.addAll(model.ports(Role.TARGET));
        return ports;
    }

    private static String lacking(String fileName, TensorFile file, List<PortSpec> missing, Set<String> feedback) {
        return "'%s' lacks %s; it holds %s"
                .formatted(
                        fileName,
                        missing.stream()
                                .map(port -> port.role().name().toLowerCase(Locale.ROOT) + " '" + port.name() + "' "
                                        + ModelReport.shape(port)
                                        + (feedback.contains(port.name())
                                                ? ", which previous(" + port.name() + ") reads"
                                                : ""))
                                .collect(Collectors.joining(" and ")),
                        file.tensors().isEmpty()
                                ? "no tensors"
                                : String.join(", ", file.tensors().keySet()));
    }

    private static List<String> ignored(TensorFile file, ModelSpec model) {
        Set<String> known = ports(model).stream().map(PortSpec::name).collect(Collectors.toSet());
        List<String> ignored = new ArrayList<>();
        for (String name : file.tensors().keySet()) {
            boolean lengths = name.endsWith(Model.LENGTHS)
                    && known.contains(name.substring(0, name.length() - Model.LENGTHS.length()));
            if (!known.contains(name) && !lengths) {
                ignored.add(name);
            }
        }
        return ignored;
    }

    /** B, which all tensors share. */
    private static final class BatchSize {
        private String owner;
        private List<Integer> ownerShape;
        private int size = 1;

        void agree(PortSpec port, Tensor tensor) {
            if (port.rows() == Rows.NONE) {
                return;
            }
            List<Integer> shape = tensor.shape();
            int found = shape.get(port.rows() == Rows.SEQUENCE ? 1 : 0);
            if (found == 0) {
                throw CommandFailure.job("'%s' %s has no sequences".formatted(port.name(), shape));
            }
            if (owner == null) {
                owner = port.name();
                ownerShape = shape;
                size = found;
            } else if (size != found) {
                throw CommandFailure.job("'%s' %s has %d sequences, but '%s' %s has %d"
                        .formatted(port.name(), shape, found, owner, ownerShape, size));
            }
        }
    }
}
