package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Examples that lie in tensors, cut into batches: {@code [T, N, ...]} for a port with a row per time step, {@code [N,
 * ...]} for one with a row per example, {@code [...]} for one that all examples share; tokens have no feature axis. N is
 * the number of examples, T that of their time steps, 1 where no port is a sequence.
 *
 * <p>A batch is a window, and every window starts a sequence. Examples keep their order unless {@link #reshuffled}, which
 * puts others together in each epoch, those of about the same length in one batch. Where the batch does not divide the
 * examples the last window reaches back: it holds the last examples, some of which were in the window before and so count
 * twice.
 *
 * <p>Examples of fewer steps are padded to T; the lengths are data of ports {@code NAME.lengths}, whole numbers {@code
 * [N]}, and a window is run over as many steps as its longest example has.
 */
public final class TensorBatches implements BatchSource {
    private final Map<PortSpec, Values> values = new LinkedHashMap<>();
    private final int steps;
    private final int examples;
    private final int batch;
    private final int[] stepsOf;
    private final int[] targetsOf;
    /** The examples that are visited. */
    private final int[] chosen;
    /** The same in the order of this epoch. */
    private int[] order;

    private OptionalLong seed = OptionalLong.empty();

    /**
     * Batches of a range of examples.
     *
     * @param tensors the data of every input and target
     * @param steps T
     * @param examples N
     * @param first the first example of the range
     * @param count the number of examples in the range
     * @param batch B, the examples in a batch
     * @throws IllegalArgumentException if a tensor has not the size its port, T and N ask for, a token is not below the
     *     port's vocabulary size, or the range has fewer examples than a batch
     */
    public TensorBatches(Map<PortSpec, Tensor> tensors, int steps, int examples, int first, int count, int batch) {
        this(tensors, steps, examples, first, count, batch, filled(examples, steps), targets(tensors, examples, steps));
    }

    /**
     * Batches of a range of examples of unequal length.
     *
     * @param stepsOf for each example the steps of its longest sequence, from 0 to T
     * @param targetsOf for each example how many targets its loss is the mean of: its weight in the mean over windows
     * @throws IllegalArgumentException also if these are not N numbers, or no example's
     */
    public TensorBatches(
            Map<PortSpec, Tensor> tensors,
            int steps,
            int examples,
            int first,
            int count,
            int batch,
            int[] stepsOf,
            int[] targetsOf) {
        this(tensors, steps, examples, range(examples, first, count), batch, stepsOf, targetsOf);
    }

    /**
     * Batches of chosen examples of unequal length.
     *
     * @param chosen the examples to visit, in this order
     */
    public TensorBatches(
            Map<PortSpec, Tensor> tensors,
            int steps,
            int examples,
            int[] chosen,
            int batch,
            int[] stepsOf,
            int[] targetsOf) {
        if (steps < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "steps and batch must be at least 1, but are " + steps + " and " + batch);
        }
        if (chosen.length < batch) {
            throw new IllegalArgumentException("there are " + chosen.length + " examples, but a batch takes " + batch
                    + "; give more examples, or lower 'batch' in train {}");
        }
        for (int example : chosen) {
            if (example < 0 || example >= examples) {
                throw new IllegalArgumentException("there are examples 0 to " + (examples - 1) + ", not " + example);
            }
        }
        this.steps = steps;
        this.examples = examples;
        this.chosen = chosen.clone();
        this.order = this.chosen;
        this.batch = batch;
        if (stepsOf.length != examples || targetsOf.length != examples) {
            throw new IllegalArgumentException("there are " + examples + " examples, but steps of " + stepsOf.length
                    + " and targets of " + targetsOf.length);
        }
        for (int of : stepsOf) {
            if (of < 0 || of > steps) {
                throw new IllegalArgumentException("examples have 0 to " + steps + " steps, not " + of);
            }
        }
        this.stepsOf = stepsOf.clone();
        this.targetsOf = targetsOf.clone();
        tensors.forEach((port, tensor) -> values.put(port, values(port, tensor)));
    }

    /** This source, with other examples put together in each epoch, as {@code seed} draws them. */
    public TensorBatches reshuffled(long seed) {
        this.seed = OptionalLong.of(seed);
        return this;
    }

    @Override
    public void startEpoch(int epoch) {
        if (seed.isPresent()) {
            int[] lengths = new int[chosen.length];
            Arrays.setAll(lengths, i -> stepsOf[chosen[i]]);
            int[] places = ExampleOrder.shuffled(lengths, batch, seed.getAsLong(), epoch);
            int[] next = new int[places.length];
            Arrays.setAll(next, i -> chosen[places[i]]);
            order = next;
        }
    }

    @Override
    public int windows() {
        return (chosen.length + batch - 1) / batch;
    }

    @Override
    public int load(int window, Program program) {
        if (window < 0 || window >= windows()) {
            throw new IllegalArgumentException("there are windows 0 to " + (windows() - 1) + ", not " + window);
        }
        if (program.spec().batch() != batch || program.spec().steps() < steps) {
            throw new IllegalArgumentException(
                    "the program takes " + program.spec().batch() + " examples of up to "
                            + program.spec().steps() + " steps, but the data are cut into " + batch + " of " + steps);
        }
        int start = start(window);
        int longest = 1;
        for (int i = start; i < start + batch; i++) {
            longest = Math.max(longest, stepsOf[order[i]]);
        }
        int run = longest;
        values.forEach((port, all) -> {
            int size = copy(port, all, start, run);
            switch (all) {
                case Tokens tokens -> Ports.write(program, port, cut(tokens.buffer, size), run);
                case Reals reals -> Ports.write(program, port, cut(reals.buffer, size), run);
            }
        });
        return run;
    }

    @Override
    public boolean startsSequence(int window) {
        return true;
    }

    @Override
    public long elements(int window) {
        long elements = 0;
        for (int i = start(window); i < start(window) + batch; i++) {
            elements += targetsOf[order[i]];
        }
        return elements;
    }

    @Override
    public int repeated(int window) {
        return window * batch - start(window);
    }

    /** The place of a window's first example in the order. */
    private int start(int window) {
        return Math.min(window * batch, order.length - batch);
    }

    /** Gathers a batch: its examples lie side by side within each time step. Says how many values that are. */
    private int copy(PortSpec port, Values all, int start, int run) {
        int width = width(port);
        int rows = port.rows() == Rows.NONE ? 1 : batch;
        int blocks = port.rows() == Rows.SEQUENCE ? run : 1;
        for (int block = 0; block < blocks; block++) {
            for (int row = 0; row < rows; row++) {
                int from = port.rows() == Rows.NONE ? 0 : block * examples + order[start + row];
                System.arraycopy(all.array(), from * width, all.batch(), (block * rows + row) * width, width);
            }
        }
        return blocks * rows * width;
    }

    private static int[] cut(int[] buffer, int size) {
        return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    }

    private static double[] cut(double[] buffer, int size) {
        return size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    }

    private static int[] range(int examples, int first, int count) {
        if (first < 0 || count < 0 || first > examples - count) {
            throw new IllegalArgumentException(
                    "there are " + examples + " examples, not " + count + " from example " + first + " on");
        }
        int[] range = new int[count];
        Arrays.setAll(range, i -> first + i);
        return range;
    }

    private static int[] filled(int size, int value) {
        int[] all = new int[Math.max(0, size)];
        Arrays.fill(all, value);
        return all;
    }

    private static int[] targets(Map<PortSpec, Tensor> tensors, int examples, int steps) {
        boolean perStep =
                tensors.keySet().stream().anyMatch(port -> port.role() == Role.TARGET && port.rows() == Rows.SEQUENCE);
        return filled(examples, perStep ? steps : 1);
    }

    private Values values(PortSpec port, Tensor tensor) {
        int width = width(port);
        long all = switch (port.rows()) {
            case NONE -> width;
            case BATCH -> (long) examples * width;
            case SEQUENCE -> (long) steps * examples * width;
        };
        if (tensor.size() != all) {
            throw new IllegalArgumentException("port '" + port.name() + "' needs " + all + " values for " + examples
                    + " examples of " + steps + " steps, but " + tensor + " was given");
        }
        int inBatch = switch (port.rows()) {
            case NONE -> width;
            case BATCH -> Math.multiplyExact(batch, width);
            case SEQUENCE -> Math.multiplyExact(Math.multiplyExact(steps, batch), width);
        };
        if (port.element() == Element.REAL) {
            return new Reals(tensor.doubles(), new double[inBatch]);
        }
        int[] tokens = tensor.ints();
        for (int token : tokens) {
            if (token < 0 || token >= port.vocabulary()) {
                throw new IllegalArgumentException("port '" + port.name() + "' takes tokens from 0 to "
                        + (port.vocabulary() - 1) + ", but " + tensor + " holds " + token);
            }
        }
        return new Tokens(tokens, new int[inBatch]);
    }

    private static int width(PortSpec port) {
        return port.element() == Element.TOKEN ? 1 : port.width();
    }

    /** All values of a port, and room for a batch of them. */
    private sealed interface Values {
        Object array();

        Object batch();
    }

    private record Tokens(int[] array, int[] buffer) implements Values {
        @Override
        public Object batch() {
            return buffer;
        }
    }

    private record Reals(double[] array, double[] buffer) implements Values {
        @Override
        public Object batch() {
            return buffer;
        }
    }
}
