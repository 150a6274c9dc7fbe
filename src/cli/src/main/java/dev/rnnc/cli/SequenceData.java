package dev.rnnc.cli;

import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Data for a model's inputs and targets, checked against their declarations. They stay in the file, which is mapped, until
 * somebody asks for some of them.
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

    /** The inputs that a generator needs: all but those that it makes itself. */
    static List<PortSpec> inputs(Backend.Source model) {
        Generation generation = model.generation();
        return model.spec().ports(Role.INPUT).stream()
                .filter(port -> !generation.isFed(port.name()))
                .toList();
    }

    @Override
    public boolean hasRows() {
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
     * @throws CommandFailure if the file cannot be read, or as {@link SequenceDataReader#of}
     */
    static SequenceData read(Path file, Backend.Source model, Need need, PrintWriter err) {
        SequenceData data = SequenceDataReader.of(tensors(file), file.toString(), model, need);
        for (String name : data.ignored()) {
            err.println("warning: '" + file + "' holds '" + name + "', which model "
                    + model.spec().name() + " does not read");
        }
        return data;
    }

    /**
     * All tensors of a file, which may be larger than memory.
     *
     * @throws CommandFailure if it cannot be read
     */
    static TensorFile tensors(Path file) {
        InputFile.requireRegular(file, "data file");
        try {
            return SafeTensors.map(file);
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
        Map<PortSpec, Tensor> all = new LinkedHashMap<>(data);
        sequences.keySet().forEach(name -> {
            PortSpec port = data.keySet().stream()
                    .filter(p -> p.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            all.put(Model.lengthPort(port), Tensor.ofInts(List.of(batch), lengths(name)));
        });
        sequences.keySet().forEach(name -> Arrays.setAll(longest, b -> Math.max(longest[b], lengths(name)[b])));
        return new TensorBatches(all, steps, batch, chosen, size, longest, targets(model.sequences()));
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

    /** Writes what the program has ports for: one without a loss takes no targets. */
    @Override
    public void writeTo(Backend.Source model, Program program) {
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
}
