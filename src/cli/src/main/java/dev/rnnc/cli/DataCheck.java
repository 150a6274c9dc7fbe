package dev.rnnc.cli;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a tensor is what an input or target takes; each failure names the tensor, what it is and what it should be. */
final class DataCheck {
    /** Tokens that are looked at together. */
    private static final int PIECE = 1 << 12;

    private DataCheck() {}

    /** Number of axes and features. */
    static void shape(PortSpec port, Tensor tensor) {
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
        if (port.rows() == Rows.SEQUENCE && shape.getFirst() == 0) {
            throw CommandFailure.job("'%s' %s has no time steps".formatted(port.name(), shape));
        }
    }

    /** Element types, and tokens below the vocabulary's size at all steps that are there. */
    static void elements(PortSpec port, Tensor tensor, SequenceData.Steps steps) {
        if (port.element() == Element.TOKEN) {
            tokens(port, tensor, steps);
        } else if (!tensor.dtype().isFloating()) {
            throw CommandFailure.job(
                    "'%s' holds %s, but real numbers are expected: F32 or F64".formatted(port.name(), tensor.dtype()));
        }
    }

    /** The lengths of {@code of}'s sequences: whole numbers {@code [B]} from 0 to its T. */
    static int[] lengths(PortSpec port, Tensor lengths, Tensor of) {
        String name = port.name() + Model.LENGTHS;
        int most = of.shape().get(0);
        int batch = of.shape().get(1);
        if (lengths.dtype().isFloating()) {
            throw CommandFailure.job(
                    "'%s' holds %s, but lengths are whole numbers: I64 or I32".formatted(name, lengths.dtype()));
        }
        if (!lengths.shape().equals(List.of(batch))) {
            throw CommandFailure.job("'%s' has shape %s, but [%d] is expected: one length for each sequence of '%s' %s"
                    .formatted(name, lengths.shape(), batch, port.name(), of.shape()));
        }
        double[] values = lengths.doubles();
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] > most) {
                throw CommandFailure.job("'%s' holds %.0f at [%d], but '%s' %s has lengths from 0 to %d"
                        .formatted(name, values[i], i, port.name(), of.shape(), most));
            }
        }
        return lengths.ints();
    }

    /** Sequences that meet in one value have the same T, unless lengths say how they fit. */
    static void sameSteps(Set<String> names, Map<String, Tensor> tensors, Map<String, SequenceData.Steps> sequences) {
        String first = null;
        for (String name : sequences.keySet()) {
            if (!names.contains(name) || sequences.get(name).lengths() != null) {
                continue;
            }
            if (first == null) {
                first = name;
            } else if (sequences.get(first).count() != sequences.get(name).count()) {
                throw CommandFailure.job(
                        "'%s' %s has %d time steps, but '%s' %s has %d, and the model reads them step by step together"
                                .formatted(
                                        name,
                                        tensors.get(name).shape(),
                                        sequences.get(name).count(),
                                        first,
                                        tensors.get(first).shape(),
                                        sequences.get(first).count()));
            }
        }
    }

    private static void tokens(PortSpec port, Tensor tensor, SequenceData.Steps steps) {
        if (tensor.dtype().isFloating()) {
            throw CommandFailure.job(
                    "'%s' holds %s, but tokens are whole numbers: I64 or I32".formatted(port.name(), tensor.dtype()));
        }
        double[] piece = new double[PIECE];
        for (long from = 0; from < tensor.elements(); from += PIECE) {
            int count = (int) Math.min(PIECE, tensor.elements() - from);
            tensor.read(from, piece, 0, count);
            for (int i = 0; i < count; i++) {
                if (piece[i] >= 0 && piece[i] < port.vocabulary()) {
                    continue;
                }
                int batch = steps == null ? 1 : tensor.shape().get(1);
                long index = from + i;
                if (steps == null || steps.has((int) (index / batch), (int) (index % batch))) {
                    throw CommandFailure.job("'%s' holds token %.0f at %s, but token(%d) goes from 0 to %d"
                            .formatted(
                                    port.name(),
                                    piece[i],
                                    place(index, tensor.shape()),
                                    port.vocabulary(),
                                    port.vocabulary() - 1));
                }
            }
        }
    }

    private static String place(long index, List<Integer> shape) {
        List<Long> place = new ArrayList<>();
        long rest = index;
        for (int axis = shape.size() - 1; axis >= 0; axis--) {
            place.addFirst(rest % shape.get(axis));
            rest /= shape.get(axis);
        }
        return place.toString();
    }
}
