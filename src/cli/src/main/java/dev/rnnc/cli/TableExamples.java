package dev.rnnc.cli;

import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.TableBatches;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Examples from a file of rows.
 *
 * @param set the examples
 * @param sequences by name, the inputs and targets that have time steps
 * @param steps the largest T; 1 where no port is a sequence
 */
record TableExamples(ExampleSet set, Map<String, SequenceData.Steps> sequences, int steps) implements Examples {
    /** The examples of a set. */
    static TableExamples of(ExampleSet set) {
        Map<String, SequenceData.Steps> sequences = new LinkedHashMap<>();
        int steps = 1;
        for (PortField port : set.ports()) {
            if (port.port().rows() == Rows.SEQUENCE) {
                int[] lengths = set.steps(port);
                int most = IntStream.of(lengths).max().orElse(1);
                boolean same =
                        set.carried() ? !set.ragged() : IntStream.of(lengths).allMatch(length -> length == most);
                sequences.put(port.name(), new SequenceData.Steps(most, same ? null : lengths));
                steps = Math.max(steps, most);
            }
        }
        return new TableExamples(set, sequences, steps);
    }

    @Override
    public int batch() {
        return set.size();
    }

    @Override
    public int counted() {
        return set.filled();
    }

    @Override
    public boolean padded() {
        return sequences.values().stream().anyMatch(of -> of.lengths() != null || of.count() < steps);
    }

    @Override
    public boolean hasRows() {
        return true;
    }

    @Override
    public void writeTo(Backend.Source model, Program program) {
        batches(model, padded(), 0, batch(), batch()).load(0, program);
    }

    @Override
    public int[] targets(SequenceSources sources) {
        return set.targets(sources);
    }

    @Override
    public TableBatches batches(Backend.Source model, boolean lengths, int first, int count, int size) {
        int[] order = IntStream.range(first, first + count).toArray();
        return new TableBatches(set, model.sequences(), lengths, size, order);
    }
}
