package dev.rnnc.cli.data;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import dev.rnnc.runtime.train.BatchSource;
import dev.rnnc.runtime.train.ExampleOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Batches of a set's examples, gathered when they are asked for. They keep the order given unless {@link #reshuffled},
 * which puts others together in each epoch, those of about the same length in one batch. A last batch that is not full is
 * filled up with examples of the batch before. Where states are carried, all examples are visited, window by window.
 */
public final class TableBatches implements BatchSource {
    private final ExampleSet examples;
    private final boolean lengths;
    private final int batch;
    private final int steps;
    private final int[] longest;
    private final int[] targets;
    private final Map<Field, int[]> translations = new HashMap<>();
    private OptionalLong seed = OptionalLong.empty();
    /** The examples that are visited. */
    private final int[] chosen;
    /** The same in the order of this epoch. */
    private int[] order;

    /**
     * Batches of some examples.
     *
     * @param lengths whether the program takes sequences of unequal length; needed where they are
     * @param batch B
     * @param order the examples to visit
     * @throws IllegalArgumentException if there are fewer examples than a batch
     */
    public TableBatches(ExampleSet examples, SequenceSources sources, boolean lengths, int batch, int[] order) {
        if (order.length < batch) {
            throw new IllegalArgumentException("there are " + order.length + " examples, but a batch takes " + batch);
        }
        this.examples = examples;
        this.lengths = lengths;
        this.batch = batch;
        this.longest = examples.longest();
        this.targets = examples.targets(sources);
        int most = 1;
        for (int length : longest) {
            most = Math.max(most, length);
        }
        this.steps = most;
        this.chosen = order.clone();
        this.order = chosen;
        for (PortField port : examples.ports()) {
            if (port.port().element() == Element.TOKEN) {
                translations.computeIfAbsent(
                        port.field(), _ -> examples.encoding().translation(examples.series(port)));
            }
        }
    }

    /** This source, with other examples put together in each epoch, as {@code seed} draws them. */
    public TableBatches reshuffled(long seed) {
        this.seed = OptionalLong.of(seed);
        return this;
    }

    @Override
    public void startEpoch(int epoch) {
        if (seed.isPresent() && examples.carried()) {
            order = examples.shuffled(seed.getAsLong(), epoch);
        } else if (seed.isPresent()) {
            int[] lengthOf = new int[chosen.length];
            Arrays.setAll(lengthOf, i -> longest[chosen[i]]);
            int[] places = ExampleOrder.shuffled(lengthOf, batch, seed.getAsLong(), epoch);
            int[] next = new int[places.length];
            Arrays.setAll(next, i -> chosen[places[i]]);
            order = next;
        }
    }

    @Override
    public int windows() {
        return (order.length + batch - 1) / batch;
    }

    /** How many rows of a window, the first ones, were in the window before: it was filled up with them. */
    public int repeated(int window) {
        return window * batch - Math.min(window * batch, order.length - batch);
    }

    /** The example in a row of a window. */
    public int example(int window, int row) {
        return order[Math.min(window * batch, order.length - batch) + row];
    }

    @Override
    public int load(int window, Program program) {
        if (program.spec().batch() != batch || program.spec().steps() < steps) {
            throw new IllegalArgumentException(
                    "the program takes " + program.spec().batch() + " examples of up to "
                            + program.spec().steps() + " steps, but the data are cut into " + batch + " of " + steps);
        }
        int run = 1;
        for (int row = 0; row < batch; row++) {
            run = Math.max(run, longest[example(window, row)]);
        }
        Set<String> taken = program.spec().ports().stream().map(PortSpec::name).collect(Collectors.toSet());
        for (PortField port : examples.ports()) {
            if (!taken.contains(port.name())) {
                continue;
            }
            if (port.port().element() == Element.TOKEN) {
                Ports.write(program, port.port(), tokens(port, window, run), run);
            } else {
                Ports.write(program, port.port(), reals(port, window, run), run);
            }
            if (lengths
                    && port.port().rows() == Rows.SEQUENCE
                    && taken.contains(Model.lengthPort(port.port()).name())) {
                int[] own = new int[batch];
                for (int row = 0; row < batch; row++) {
                    own[row] = examples.steps(port, example(window, row));
                }
                Ports.write(program, Model.lengthPort(port.port()), own, run);
            }
        }
        return run;
    }

    @Override
    public boolean startsSequence(int window) {
        return examples.starts(example(window, 0));
    }

    @Override
    public long elements(int window) {
        long elements = 0;
        for (int row = 0; row < batch; row++) {
            elements += targets[example(window, row)];
        }
        return elements;
    }

    private int steps(PortField port, int example) {
        return port.port().rows() == Rows.SEQUENCE ? examples.steps(port, example) : 1;
    }

    private int[] tokens(PortField port, int window, int run) {
        Series series = examples.series(port);
        int[] translation = translations.get(port.field());
        int[] dense = new int[port.port().rows() == Rows.SEQUENCE ? Math.multiplyExact(run, batch) : batch];
        for (int row = 0; row < batch; row++) {
            int example = example(window, row);
            long start = examples.start(port, example);
            int own = steps(port, example);
            for (int step = 0; step < own; step++) {
                dense[step * batch + row] = translation[series.token(start + step)];
            }
        }
        return dense;
    }

    private double[] reals(PortField port, int window, int run) {
        Series series = examples.series(port);
        Scaling scaling = examples.encoding().scaling(port.field());
        int width = port.field().width();
        int all = width * port.span();
        int rows = port.port().rows() == Rows.SEQUENCE ? Math.multiplyExact(run, batch) : batch;
        double[] dense = new double[Math.multiplyExact(rows, all)];
        for (int row = 0; row < batch; row++) {
            int example = example(window, row);
            long start = examples.start(port, example);
            int own = steps(port, example);
            for (int step = 0; step < own; step++) {
                int to = (step * batch + row) * all;
                for (int i = 0; i < all; i++) {
                    dense[to + i] = scaling.apply(series.real(start + step + i / width, i % width), i % width);
                }
            }
        }
        return dense;
    }
}
