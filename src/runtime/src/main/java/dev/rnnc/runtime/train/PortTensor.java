package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import java.util.Arrays;
import java.util.Map;

/** The tensor of a port, from which batches are read where it lies: only one batch is ever copied. */
final class PortTensor {
    /** Tokens that are looked at together when they are checked. */
    private static final int PIECE = 1 << 12;

    private final PortSpec port;
    private final Tensor tensor;
    /** The steps of each example; null where all have those of the tensor. */
    private final int[] lengths;

    private final int steps;
    private final int examples;
    private final int batch;
    private final int width;
    /** Room for a batch, one of the two. */
    private final int[] tokens;

    private final double[] reals;

    /**
     * @param lengths the steps of each example, or null; with them the tensor may have fewer steps than the data
     * @param steps T of the data
     * @param examples N
     * @param batch B
     * @throws IllegalArgumentException if the tensor has not the size that the port asks for, or holds a token that the port
     *     does not take
     */
    PortTensor(PortSpec port, Tensor tensor, int[] lengths, int steps, int examples, int batch) {
        this.port = port;
        this.tensor = tensor;
        this.examples = examples;
        this.batch = batch;
        boolean sequence = port.rows() == Rows.SEQUENCE;
        this.lengths = sequence ? lengths : null;
        this.steps = this.lengths != null && !tensor.shape().isEmpty()
                ? Math.min(steps, tensor.shape().getFirst())
                : steps;
        boolean token = port.element() == Element.TOKEN;
        this.width = token ? 1 : port.width();
        long all = switch (port.rows()) {
            case NONE -> width;
            case BATCH -> (long) examples * width;
            case SEQUENCE -> (long) this.steps * examples * width;
        };
        if (tensor.elements() != all) {
            throw new IllegalArgumentException("port '" + port.name() + "' needs " + all + " values for " + examples
                    + " examples of " + this.steps + " steps, but " + tensor + " was given");
        }
        int inBatch = switch (port.rows()) {
            case NONE -> width;
            case BATCH -> Math.multiplyExact(batch, width);
            case SEQUENCE -> Math.multiplyExact(Math.multiplyExact(steps, batch), width);
        };
        this.tokens = token ? new int[inBatch] : null;
        this.reals = token ? null : new double[inBatch];
        if (token) {
            requireTokens();
        }
    }

    /** The lengths of a port's sequences; null where the data have none. */
    static int[] lengths(Map<PortSpec, Tensor> tensors, PortSpec port) {
        return tensors.entrySet().stream()
                .filter(e -> e.getKey().name().equals(port.name() + WindowBuffer.LENGTHS))
                .map(e -> e.getValue().ints())
                .findFirst()
                .orElse(null);
    }

    /**
     * Writes a batch into a program, its examples side by side within each time step.
     *
     * @param order examples
     * @param start the place of the batch's first one among them
     * @param run how many time steps
     */
    void load(int[] order, int start, int run, Program program) {
        int rows = port.rows() == Rows.NONE ? 1 : batch;
        int blocks = port.rows() == Rows.SEQUENCE ? run : 1;
        for (int block = 0; block < blocks; block++) {
            for (int row = 0; row < rows; row++) {
                int to = (block * rows + row) * width;
                int example = port.rows() == Rows.NONE ? 0 : order[start + row];
                if (has(block, example)) {
                    read(((long) block * examples + example) * width, to);
                } else {
                    clear(to);
                }
            }
        }
        int size = blocks * rows * width;
        if (tokens != null) {
            Ports.write(program, port, size == tokens.length ? tokens : Arrays.copyOf(tokens, size), run);
        } else {
            Ports.write(program, port, size == reals.length ? reals : Arrays.copyOf(reals, size), run);
        }
    }

    /** Whether a step of an example is there, rather than padding. */
    private boolean has(int step, int example) {
        return lengths == null || step < steps && step < lengths[example];
    }

    private void read(long from, int to) {
        if (tokens != null) {
            tensor.read(from, tokens, to, width);
        } else {
            tensor.read(from, reals, to, width);
        }
    }

    private void clear(int to) {
        if (tokens != null) {
            Arrays.fill(tokens, to, to + width, 0);
        } else {
            Arrays.fill(reals, to, to + width, 0);
        }
    }

    /** Looks at all tokens that are there, some at a time. */
    private void requireTokens() {
        int[] piece = new int[PIECE];
        for (long from = 0; from < tensor.elements(); from += PIECE) {
            int count = (int) Math.min(PIECE, tensor.elements() - from);
            if (lengths == null) {
                tensor.read(from, piece, 0, count);
            }
            for (int i = 0; i < count; i++) {
                long index = from + i;
                if (lengths != null) {
                    piece[i] = 0;
                    // What stands in padding need not even be a whole number.
                    if (has((int) (index / examples), (int) (index % examples))) {
                        tensor.read(index, piece, i, 1);
                    }
                }
                if (piece[i] < 0 || piece[i] >= port.vocabulary()) {
                    throw new IllegalArgumentException("port '" + port.name() + "' takes tokens from 0 to "
                            + (port.vocabulary() - 1) + ", but " + tensor + " holds " + piece[i]);
                }
            }
        }
    }
}
