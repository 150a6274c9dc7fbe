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

/** Examples for a model's ports: a part of a table, cut as its layout says, in the model's own tokens and scales. */
public final class ExampleSet {
    private final Table table;
    private final Encoding encoding;
    private final List<PortField> ports;
    private final ExampleIndex index;

    public ExampleSet(Table table, Encoding encoding, List<PortField> ports, Part part) {
        this.table = table;
        this.encoding = encoding;
        this.ports = List.copyOf(ports);
        this.index = new ExampleIndex(table.layout(), part);
    }

    /** N, the number of examples. */
    public int size() {
        return index.size();
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
            return layout.window();
        }
        long length =
                series(port).length(index.sequence(example)) - layout.ahead().last();
        return Math.toIntExact(length);
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
        int sequence = index.sequence(example);
        return table.names().isEmpty()
                ? Integer.toString(sequence + 1)
                : table.names().get(sequence);
    }

    /** The example's first step within its sequence, counted from 0. */
    public long offset(int example) {
        return index.offset(example);
    }

    Series series(PortField port) {
        return table.series().get(port.field());
    }

    /** The step of the series that a port's first value of an example stands at. */
    long start(PortField port, int example) {
        Series series = series(port);
        Layout layout = table.layout();
        long start = series.starts()[index.sequence(example)];
        boolean perStep = !layout.rowIsSequence();
        if (port.port().rows() == Rows.SEQUENCE) {
            return start + index.offset(example) + shift(port);
        }
        // One value an example: that of the window's last step, or the sequence's own.
        return perStep && layout.windowed() ? start + index.offset(example) + layout.window() - 1 + shift(port) : start;
    }

    private int shift(PortField port) {
        return port.port().role() == Role.TARGET ? table.layout().ahead().first() : 0;
    }
}
