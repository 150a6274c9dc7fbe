package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.weights.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * [N]}, and a window is run over as many steps as its longest example has. A tensor with lengths may have fewer steps than
 * T, and whatever stands in its padding is read as zeros.
 *
 * <p>Tensors stay where they are and are read batch by batch, so that those of a mapped file may be larger than memory.
 */
public final class TensorBatches implements BatchSource {
    private final List<PortTensor> ports = new ArrayList<>();
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
        tensors.forEach((port, tensor) ->
                ports.add(new PortTensor(port, tensor, PortTensor.lengths(tensors, port), steps, examples, batch)));
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
        ports.forEach(port -> port.load(order, start, run, program));
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
}
