package dev.rnnc.cli;

import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Data for a model's inputs and targets, checked against their declarations.
 *
 * @param data one tensor for each input and target the file has data for
 * @param sequences by name, those of them that have time steps
 * @param steps the largest T of the data; 1 where no port is a sequence
 * @param batch B of the data; 1 where no port has one
 * @param ignored names in the file that the model does not read
 */
record SequenceData(
        Map<PortSpec, Tensor> data, Map<String, Steps> sequences, int steps, int batch, List<String> ignored)
        implements Examples {

    /**
     * The steps of one tensor {@code [T, B, ...]}.
     *
     * @param count its T
     * @param lengths how many of them each sequence has; null where the file does not say, and all have T
     */
    record Steps(int count, int[] lengths) {
        /** Whether step {@code t} of sequence {@code b} is there. */
        boolean has(int t, int b) {
            return t < (lengths == null ? count : lengths[b]);
        }
    }

    /** What must be in a file. */
    enum Need {
        /** Inputs, and targets that {@code previous} reads; other targets may be there. */
        INPUTS,
        /** Inputs and all targets. */
        TARGETS,
        /** Inputs that are not fed back, and nothing else is read: the model makes the rest. */
        GENERATION
    }

    /**
     * Picks the model's data out of a file.
     *
     * @throws CommandFailure naming the tensor, what was expected and what was found
     */
    static SequenceData of(TensorFile file, String fileName, Backend.Source model, Need need) {
        Set<String> feedback =
                model.feedback().stream().map(Model.Feedback::name).collect(Collectors.toSet());
        Map<String, Tensor> found = new LinkedHashMap<>();
        Map<PortSpec, Tensor> data = new LinkedHashMap<>();
        Map<String, Steps> sequences = new LinkedHashMap<>();
        List<PortSpec> missing = new ArrayList<>();
        BatchSize batch = new BatchSize();
        for (PortSpec port : ports(model.spec())) {
            if (need == Need.GENERATION && !inputs(model).contains(port)) {
                continue;
            }
            Tensor tensor = file.tensors().get(port.name());
            if (tensor != null) {
                DataCheck.shape(port, tensor);
                batch.agree(port, tensor);
                Tensor lengths = file.tensors().get(port.name() + Model.LENGTHS);
                Steps steps = null;
                if (port.rows() == Rows.SEQUENCE) {
                    steps = new Steps(
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
            } else if (port.role() == Role.INPUT || need == Need.TARGETS || feedback.contains(port.name())) {
                missing.add(port);
            }
        }
        if (!missing.isEmpty()) {
            throw CommandFailure.job(lacking(fileName, file, missing, need == Need.INPUTS ? feedback : Set.of()));
        }
        model.sequences().together().forEach(names -> DataCheck.sameSteps(names, found, sequences));
        int most = sequences.values().stream().mapToInt(Steps::count).max().orElse(1);
        return new SequenceData(data, sequences, most, batch.size, ignored(file, model.spec()));
    }

    /** The inputs that a generator needs: all but those that it makes itself. */
    static List<PortSpec> inputs(Backend.Source model) {
        Generation generation = model.generation();
        return model.spec().ports(Role.INPUT).stream()
                .filter(port -> !generation.isFed(port.name()))
                .toList();
    }

    /** Whether some input or target has a row for each example; if not, all examples share what there is. */
    boolean hasRows() {
        return data.keySet().stream().anyMatch(port -> port.rows() != Rows.NONE);
    }

    @Override
    public boolean padded() {
        return sequences.values().stream().anyMatch(s -> s.lengths() != null || s.count() < steps);
    }

    /** T of a result that follows these inputs and targets, as far as they have one: that of the shortest. */
    int steps(Set<String> follows) {
        return follows.stream()
                .filter(sequences::containsKey)
                .mapToInt(name -> sequences.get(name).count())
                .min()
                .orElse(steps);
    }

    /**
     * Reads a file and picks the model's data out of it; tells {@code err} of tensors that the model does not read.
     *
     * @throws CommandFailure if the file cannot be read, or as {@link #of}
     */
    static SequenceData read(Path file, Backend.Source model, Need need, PrintWriter err) {
        SequenceData data = of(tensors(file), file.toString(), model, need);
        for (String name : data.ignored()) {
            err.println("warning: '" + file + "' holds '" + name + "', which model "
                    + model.spec().name() + " does not read");
        }
        return data;
    }

    /**
     * All tensors of a file.
     *
     * @throws CommandFailure if it cannot be read
     */
    static TensorFile tensors(Path file) {
        InputFile.require(file, "data file");
        try {
            return SafeTensors.read(file);
        } catch (IOException e) {
            throw CommandFailure.job("cannot read data: " + InputFile.reason(e), e);
        }
    }

    @Override
    public TensorBatches batches(Backend.Source model, boolean lengths, int first, int count, int size) {
        return batches(model, lengths, IntStream.range(first, first + count).toArray(), size);
    }

    /**
     * Batches of some examples.
     *
     * @param lengths whether the program takes sequences of unequal length; needed where these are
     */
    TensorBatches batches(Backend.Source model, boolean lengths, int[] chosen, int size) {
        int[] longest = new int[batch];
        Arrays.fill(longest, lengths && !sequences.isEmpty() ? 0 : steps);
        if (!lengths) {
            return new TensorBatches(data, steps, batch, chosen, size, longest, targets(model.sequences()));
        }
        Map<PortSpec, Tensor> padded = new LinkedHashMap<>();
        data.forEach((port, tensor) -> padded.put(port, padded(port, tensor)));
        sequences.keySet().forEach(name -> {
            PortSpec port = data.keySet().stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            padded.put(Model.lengthPort(port), Tensor.ofInts(List.of(batch), lengths(name)));
        });
        sequences.keySet().forEach(name -> Arrays.setAll(longest, b -> Math.max(longest[b], lengths(name)[b])));
        return new TensorBatches(padded, steps, batch, chosen, size, longest, targets(model.sequences()));
    }

    /**
     * For each example the number of its targets that a loss is the mean of: its valid steps where the first target is a
     * sequence, as short as the sequences that it meets; else 1.
     */
    @Override
    public int[] targets(SequenceSources sources) {
        int[] targets = new int[batch];
        Optional<String> target = data.keySet().stream()
                .filter(port -> port.role() == Role.TARGET && port.rows() == Rows.SEQUENCE)
                .map(PortSpec::name)
                .findFirst();
        Arrays.fill(targets, target.isPresent() ? Integer.MAX_VALUE : 1);
        target.ifPresent(name -> {
            Set<String> met = new TreeSet<>(Set.of(name));
            sources.together().stream().filter(names -> names.contains(name)).forEach(met::addAll);
            met.stream().filter(sequences::containsKey).forEach(of -> {
                int[] lengths = lengths(of);
                Arrays.setAll(targets, b -> Math.min(targets[b], lengths[b]));
            });
        });
        return targets;
    }

    private Tensor padded(PortSpec port, Tensor tensor) {
        if (port.rows() != Rows.SEQUENCE) {
            return tensor;
        }
        List<Integer> shape = new ArrayList<>(tensor.shape());
        shape.set(0, steps);
        return port.element() == Element.TOKEN
                ? Tensor.ofInts(shape, tokens(port, tensor))
                : Tensor.ofDoubles(shape, reals(port, tensor));
    }

    /** Writes what the program has ports for: one without a loss takes no targets. */
    void writeTo(Program program) {
        for (PortSpec port : program.spec().ports()) {
            Tensor tensor = tensor(port.name());
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            if (port.name().endsWith(Model.LENGTHS)) {
                String name = port.name().substring(0, port.name().length() - Model.LENGTHS.length());
                Ports.write(program, port, lengths(name), steps);
            } else if (port.element() == Element.TOKEN) {
                Ports.write(program, port, tokens(port, tensor), steps);
            } else {
                Ports.write(program, port, reals(port, tensor), steps);
            }
        }
    }

    private Tensor tensor(String name) {
        return data.entrySet().stream()
                .filter(e -> e.getKey().name().equals(name))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private int[] lengths(String name) {
        Steps of = sequences.get(name);
        if (of.lengths() != null) {
            return of.lengths();
        }
        int[] full = new int[batch];
        Arrays.fill(full, of.count());
        return full;
    }

    /** The tokens for all steps of the run, 0 in padding: whatever stands there in the file need not be a token. */
    private int[] tokens(PortSpec port, Tensor tensor) {
        Steps of = sequences.get(port.name());
        if (of == null) {
            return tensor.ints();
        }
        double[] given = tensor.doubles();
        int[] padded = new int[Math.multiplyExact(steps, batch)];
        for (int i = 0; i < given.length; i++) {
            if (of.has(i / batch, i % batch)) {
                padded[i] = (int) given[i];
            }
        }
        return padded;
    }

    private double[] reals(PortSpec port, Tensor tensor) {
        double[] values = tensor.doubles();
        // The model itself sees zeros for what stands in padding.
        return port.rows() == Rows.SEQUENCE
                ? Arrays.copyOf(values, Math.multiplyExact(Math.multiplyExact(steps, batch), port.width()))
                : values;
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
