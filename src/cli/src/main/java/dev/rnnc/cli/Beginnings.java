package dev.rnnc.cli;

import dev.rnnc.compiler.model.Generation;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.weights.Tensor;
import dev.rnnc.runtime.weights.TensorFile;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The known first steps of the sequences to generate: the model reads them in the place of its own outputs. */
final class Beginnings {
    private final Map<String, double[]> values = new HashMap<>();
    private final Map<String, Integer> widths = new HashMap<>();
    private final int[] lengths;

    private Beginnings(int[] lengths) {
        this.lengths = lengths;
    }

    /** {@code batch} rows of which nothing is known. */
    static Beginnings none(int batch) {
        return new Beginnings(new int[batch]);
    }

    /** The same tokens in all rows. */
    static Beginnings of(PortSpec port, int[] tokens, int batch) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, tokens.length);
        Beginnings beginnings = new Beginnings(lengths);
        double[] all = new double[tokens.length * batch];
        for (int i = 0; i < all.length; i++) {
            all[i] = tokens[i / batch];
        }
        beginnings.put(port, all);
        return beginnings;
    }

    /**
     * What a file holds of the sequences, {@code NAME [T, B, ...]} with {@code NAME.lengths} where they differ.
     *
     * @throws CommandFailure if one lacks, has another shape or length than it should, or holds no such token
     */
    static Beginnings of(TensorFile file, String fileName, Generation generation) {
        Beginnings beginnings = null;
        String first = null;
        for (Generation.Feed feed : generation.feeds()) {
            PortSpec port = feed.port();
            Tensor tensor = file.tensors().get(port.name());
            if (tensor == null) {
                throw CommandFailure.job("'%s' lacks '%s' %s, the beginning that --continue goes on from"
                        .formatted(fileName, port.name(), ModelReport.shape(port)));
            }
            DataCheck.shape(port, tensor);
            Tensor given = file.tensors().get(port.name() + Model.LENGTHS);
            int[] lengths = new int[tensor.shape().get(1)];
            Arrays.fill(lengths, tensor.shape().getFirst());
            lengths = given == null ? lengths : DataCheck.lengths(port, given, tensor);
            DataCheck.elements(
                    port, tensor, new SequenceData.Steps(tensor.shape().getFirst(), lengths));
            if (beginnings == null) {
                beginnings = new Beginnings(lengths);
                first = port.name();
            } else if (!Arrays.equals(lengths, beginnings.lengths)) {
                throw CommandFailure.job(
                        "the beginnings of '%s' and '%s' in '%s' have different numbers of steps or sequences"
                                .formatted(first, port.name(), fileName));
            }
            beginnings.put(port, tensor.doubles());
        }
        return beginnings;
    }

    /** Where a step is read from: a token, or its numbers. */
    interface Step {
        double[] read(PortSpec port, int row, int t);
    }

    /** What can be read step by step of each row, as many steps as {@code lengths} say. */
    static Beginnings of(List<PortSpec> ports, int[] lengths, Step step) {
        Beginnings beginnings = new Beginnings(lengths);
        int most = Arrays.stream(lengths).max().orElse(0);
        for (PortSpec port : ports) {
            int width = port.element() == Element.TOKEN ? 1 : port.width();
            double[] all = new double[Math.multiplyExact(most, lengths.length * width)];
            for (int row = 0; row < lengths.length; row++) {
                for (int t = 0; t < lengths[row]; t++) {
                    System.arraycopy(step.read(port, row, t), 0, all, (t * lengths.length + row) * width, width);
                }
            }
            beginnings.put(port, all);
        }
        return beginnings;
    }

    private void put(PortSpec port, double[] all) {
        values.put(port.name(), all);
        widths.put(port.name(), port.element() == Element.TOKEN ? 1 : port.width());
    }

    /** Rows. */
    int batch() {
        return lengths.length;
    }

    /** Known steps of a row. */
    int length(int row) {
        return lengths[row];
    }

    /** A step, a token or numbers; null where it is not known. */
    double[] step(String port, int row, int t) {
        double[] all = values.get(port);
        if (all == null || t >= lengths[row]) {
            return null;
        }
        int width = widths.get(port);
        int from = (t * lengths.length + row) * width;
        return Arrays.copyOfRange(all, from, from + width);
    }
}
