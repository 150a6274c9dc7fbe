package dev.rnnc.cli;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.train.TensorBatches;
import dev.rnnc.runtime.weights.SafeTensors;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.TensorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Data for a model's inputs and targets, checked against their declarations.
 *
 * @param tensors one for each port the file has data for
 * @param steps T of the data; 1 where no port is a sequence
 * @param batch B of the data; 1 where no port has one
 * @param ignored names in the file that the model does not read
 */
record SequenceData(Map<PortSpec, Tensor> tensors, int steps, int batch, List<String> ignored) {
    private static final String LENGTHS = ".lengths";

    /**
     * Picks the model's data out of a file.
     *
     * @param needTargets whether targets must be there too
     * @throws CommandFailure naming the tensor, what was expected and what was found
     */
    static SequenceData of(TensorFile file, String fileName, ModelSpec model, boolean needTargets) {
        Map<PortSpec, Tensor> found = new LinkedHashMap<>();
        List<PortSpec> missing = new ArrayList<>();
        Axis time = new Axis("time steps");
        Axis rows = new Axis("sequences");
        for (PortSpec port : ports(model)) {
            Tensor tensor = file.tensors().get(port.name());
            if (tensor != null) {
                check(port, tensor, time, rows);
                found.put(port, tensor);
            } else if (port.role() == Role.INPUT || needTargets) {
                missing.add(port);
            }
        }
        if (!missing.isEmpty()) {
            throw CommandFailure.job("'%s' lacks %s; it holds %s"
                    .formatted(
                            fileName,
                            missing.stream()
                                    .map(port -> port.role().name().toLowerCase(Locale.ROOT) + " '" + port.name() + "' "
                                            + ModelReport.shape(port))
                                    .collect(Collectors.joining(" and ")),
                            file.tensors().isEmpty()
                                    ? "no tensors"
                                    : String.join(", ", file.tensors().keySet())));
        }
        return new SequenceData(found, time.size(), rows.size(), ignored(file, model));
    }

    /**
     * Reads a file and picks the model's data out of it; tells {@code err} of tensors that the model does not read.
     *
     * @throws CommandFailure if the file cannot be read, or as {@link #of}
     */
    static SequenceData read(Path file, ModelSpec model, boolean needTargets, PrintWriter err) {
        InputFile.require(file, "data file");
        TensorFile tensors;
        try {
            tensors = SafeTensors.read(file);
        } catch (IOException e) {
            throw CommandFailure.job("cannot read data: " + InputFile.reason(e), e);
        }
        SequenceData data = of(tensors, file.toString(), model, needTargets);
        for (String name : data.ignored()) {
            err.println("warning: '" + file + "' holds '" + name + "', which model " + model.name() + " does not read");
        }
        return data;
    }

    /** Batches of {@code count} examples from {@code first} on. */
    TensorBatches batches(int first, int count, int size) {
        return new TensorBatches(tensors, steps, batch, first, count, size);
    }

    /** Writes what the program has ports for: one without a loss takes no targets. */
    void writeTo(Program program) {
        tensors.forEach((port, tensor) -> {
            if (!program.spec().ports().contains(port)) {
                return;
            }
            if (port.element() == Element.TOKEN) {
                Ports.write(program, port, tensor.ints(), steps);
            } else {
                Ports.write(program, port, tensor.doubles(), steps);
            }
        });
    }

    private static List<PortSpec> ports(ModelSpec model) {
        List<PortSpec> ports = new ArrayList<>(model.ports(Role.INPUT));
        ports.addAll(model.ports(Role.TARGET));
        return ports;
    }

    private static List<String> ignored(TensorFile file, ModelSpec model) {
        Set<String> known = ports(model).stream().map(PortSpec::name).collect(Collectors.toSet());
        List<String> ignored = new ArrayList<>();
        for (String name : file.tensors().keySet()) {
            if (name.endsWith(LENGTHS) && known.contains(name.substring(0, name.length() - LENGTHS.length()))) {
                // Running padded sequences as if they were full would give wrong numbers without a word.
                throw CommandFailure.job("'" + name + "': sequences of different length are not available yet;"
                        + " run them one length at a time and leave the lengths out");
            }
            if (!known.contains(name)) {
                ignored.add(name);
            }
        }
        return ignored;
    }

    private static void check(PortSpec port, Tensor tensor, Axis time, Axis rows) {
        List<Integer> shape = tensor.shape();
        int axes = switch (port.rows()) {
            case NONE -> 0;
            case BATCH -> 1;
            case SEQUENCE -> 2;
        };
        List<Integer> features = port.element() == Element.TOKEN ? List.of() : port.shape();
        if (shape.size() != axes + features.size()
                || !shape.subList(axes, shape.size()).equals(features)) {
            throw CommandFailure.job(
                    "'%s' has shape %s, but %s is expected".formatted(port.name(), shape, ModelReport.shape(port)));
        }
        if (port.rows() == Rows.SEQUENCE) {
            time.agree(port.name(), shape, shape.getFirst());
        }
        if (port.rows() != Rows.NONE) {
            rows.agree(port.name(), shape, shape.get(axes - 1));
        }
        if (port.element() == Element.TOKEN) {
            checkTokens(port, tensor);
        } else if (!tensor.dtype().isFloating()) {
            throw CommandFailure.job(
                    "'%s' holds %s, but real numbers are expected: F32 or F64".formatted(port.name(), tensor.dtype()));
        }
    }

    private static void checkTokens(PortSpec port, Tensor tensor) {
        if (tensor.dtype().isFloating()) {
            throw CommandFailure.job(
                    "'%s' holds %s, but tokens are whole numbers: I64 or I32".formatted(port.name(), tensor.dtype()));
        }
        double[] tokens = tensor.doubles();
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= port.vocabulary()) {
                throw CommandFailure.job("'%s' holds token %.0f at %s, but token(%d) goes from 0 to %d"
                        .formatted(
                                port.name(),
                                tokens[i],
                                place(i, tensor.shape()),
                                port.vocabulary(),
                                port.vocabulary() - 1));
            }
        }
    }

    private static String place(int index, List<Integer> shape) {
        List<Integer> place = new ArrayList<>();
        int rest = index;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            place.addFirst(rest % shape.get(axis));
            rest /= shape.get(axis);
        }
        return place.toString();
    }

    /** A size that all tensors share. */
    private static final class Axis {
        private final String name;
        private String owner;
        private List<Integer> ownerShape;
        private int size = 1;

        Axis(String name) {
            this.name = name;
        }

        void agree(String tensor, List<Integer> shape, int found) {
            if (found == 0) {
                throw CommandFailure.job("'%s' %s has no %s".formatted(tensor, shape, name));
            }
            if (owner == null) {
                owner = tensor;
                ownerShape = shape;
                size = found;
            } else if (size != found) {
                throw CommandFailure.job("'%s' %s has %d %s, but '%s' %s has %d"
                        .formatted(tensor, shape, found, name, owner, ownerShape, size));
            }
        }

        int size() {
            return size;
        }
    }
}
