package dev.rnnc.cli.data;

import dev.rnnc.compiler.model.SequenceSources;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** Examples for a model's ports: a part of a table, cut as its layout says, in the model's own tokens and scales. */
public final class ExampleSet {
    private final Table table;
    private final Encoding encoding;
    private final List<PortField> ports;
    private final ExamplePlaces places;

    /** Examples that have nothing to do with one another. */
    public ExampleSet(Table table, Encoding encoding, List<PortField> ports, Part part) {
        this(table, encoding, ports, new ExampleIndex(table.layout(), part));
    }

    private ExampleSet(Table table, Encoding encoding, List<PortField> ports, ExamplePlaces places) {
        this.table = table;
        this.encoding = encoding;
        this.ports = List.copyOf(ports);
        this.places = places;
    }

    /**
     * Windows through which states are carried: example {@code w * batch + b} is row {@code b} of window {@code w}.
     *
     * @param batch B, rows that are read side by side
     */
    public static ExampleSet carried(Table table, Encoding encoding, List<PortField> ports, Part part, int batch) {
        return new ExampleSet(table, encoding, ports, new LaneIndex(table.layout(), part, batch));
    }

    /** The last window of each series that has one, or each whole sequence; their targets are not known yet. */
    public static ExampleSet latest(Table table, Encoding encoding, List<PortField> ports) {
        return new ExampleSet(table, encoding, ports, new ExampleIndex(table.layout(), Part.last(table)));
    }

    /** Whether states are carried from example to example in each row of a batch. */
    public boolean carried() {
        return places instanceof LaneIndex;
    }

    /** Whether states are carried and the rows of a window differ in their steps. */
    public boolean ragged() {
        return places instanceof LaneIndex lanes && lanes.ragged();
    }

    /** How many steps are read where states are carried; 0 where they are not. */
    public long carriedSteps() {
        return places instanceof LaneIndex lanes ? lanes.total() : 0;
    }

    /** How many examples have something to read. */
    public int filled() {
        return (int) IntStream.range(0, size())
                .filter(example -> !carried() || places.steps(example) > 0)
                .count();
    }

    /** Whether states must be zero before an example. */
    boolean starts(int example) {
        return places.starts(example);
    }

    /** The order of an epoch in which states are carried: as series are long, only who is read before whom changes. */
    int[] shuffled(long seed, int epoch) {
        return ((LaneIndex) places).shuffled(seed, epoch);
    }

    /** N, the number of examples. */
    public int size() {
        return places.size();
    }

    /** What each port is read from. */
    public List<PortField> ports() {
        return ports;
    }

    /** What the fields' numbers mean. */
    public Encoding encoding() {
        return encoding;
    }

    /** Where the data come from. */
    public Table table() {
        return table;
    }

    /** Steps that an example has at a port that is a sequence. */
    public int steps(PortField port, int example) {
        Layout layout = table.layout();
        if (layout.windowed()) {
            return places.steps(example);
        }
        long length =
                series(port).length(places.sequence(example)) - layout.ahead().last();
        return Math.toIntExact(length);
    }

    /** The steps of an example that is a window. */
    public int window(int example) {
        return places.steps(example);
    }

    /** Steps of each example at a port that is a sequence. */
    public int[] steps(PortField port) {
        int[] steps = new int[size()];
        Arrays.setAll(steps, example -> steps(port, example));
        return steps;
    }

    /** The steps of each example: those of the port that has most; 1 where no port is a sequence. */
    public int[] longest() {
        int[] longest = new int[size()];
        boolean sequences = false;
        for (PortField port : ports) {
            if (port.port().rows() == Rows.SEQUENCE) {
                sequences = true;
                Arrays.setAll(longest, example -> Math.max(longest[example], steps(port, example)));
            }
        }
        if (!sequences) {
            Arrays.fill(longest, 1);
        }
        return longest;
    }

    /**
     * For each example the number of its targets that a loss is the mean of: its valid steps where the first target is a
     * sequence, as short as the sequences that it meets; else 1.
     */
    public int[] targets(SequenceSources sources) {
        int[] targets = new int[size()];
        Optional<String> target = ports.stream()
                .map(PortField::port)
                .filter(port -> port.role() == Role.TARGET && port.rows() == Rows.SEQUENCE)
                .map(PortSpec::name)
                .findFirst();
        Arrays.fill(targets, target.isPresent() ? Integer.MAX_VALUE : 1);
        target.ifPresent(name -> {
            Set<String> met = new TreeSet<>(Set.of(name));
            sources.together().stream().filter(names -> names.contains(name)).forEach(met::addAll);
            for (PortField port : ports) {
                if (port.port().rows() == Rows.SEQUENCE && met.contains(port.name())) {
                    Arrays.setAll(targets, example -> Math.min(targets[example], steps(port, example)));
                }
            }
        });
        return targets;
    }

    /** The name of the sequence that an example lies in. */
    public String sequenceName(int example) {
        return table.sequenceName(places.sequence(example));
    }

    /** The number of the sequence that an example lies in, from 0 on. */
    public int sequence(int example) {
        return places.sequence(example);
    }

    /** The example's first step within its sequence, counted from 0. */
    public long offset(int example) {
        return places.offset(example);
    }

    /** The number of an example, counted from 0: that of its row in the file where a row is one. */
    public long number(int example) {
        return table.layout().rowIsSequence() ? table.number(places.sequence(example)) : example;
    }

    /** The number in the file, counted from 0 within its series, of the row that is {@code step} steps after an example's first. */
    public long row(int example, long step) {
        return table.number(places.sequence(example), places.offset(example) + step);
    }

    /** The number in the file, counted from 0 within its series, of the row that a port's value at a step is read from. */
    public long row(PortField port, int example, int step) {
        int sequence = places.sequence(example);
        return table.layout().rowIsSequence()
                ? table.number(sequence)
                : table.number(sequence, start(port, example) - series(port).starts()[sequence] + step);
    }

    Series series(PortField port) {
        return table.series().get(port.field());
    }

    /** The step of the series that a port's first value of an example stands at. */
    long start(PortField port, int example) {
        Series series = series(port);
        Layout layout = table.layout();
        long start = series.starts()[places.sequence(example)];
        boolean perStep = !layout.rowIsSequence();
        if (port.port().rows() == Rows.SEQUENCE) {
            return start + places.offset(example) + shift(port);
        }
        // One value an example: that of the window's last step, or the sequence's own.
        return perStep && layout.windowed()
                ? start + places.offset(example) + Math.max(0, places.steps(example) - 1) + shift(port)
                : start;
    }

    private int shift(PortField port) {
        return port.port().role() == Role.TARGET ? table.layout().ahead().first() : 0;
    }
}
