package dev.rnnc.cli;

import dev.rnnc.cli.data.Field;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.SeriesRows;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.generate.Sampler;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model says of the rows that follow one series. Row {@code p} is foretold from the rows up to {@code p - ahead};
 * where these end, the model reads what it foretold itself. A window slides along, or where states are carried the model
 * reads the series from its start, each row once.
 */
final class RowForecast {
    private final Program program;
    private final List<TablePredictions.Output> outputs;
    private final List<PortField> inputs;
    private final LatestRows data;
    private final SeriesRows rows;
    private final boolean carried;
    private final SequenceGenerator.Choice choice;
    private final int sequence;
    private final long length;
    private final CounterRandom random;
    /** For each row behind the file's last what was foretold of each field, in the model's scale. */
    private final List<Map<Field, double[]>> foretold = new ArrayList<>();
    /** Rows that were read, where states are carried. */
    private long position;

    /**
     * @param program of observation, for one row
     * @param outputs each with its target
     * @param choice of tokens, and how many rows to foretell
     */
    RowForecast(
            Program program,
            List<TablePredictions.Output> outputs,
            LatestRows data,
            SeriesRows rows,
            boolean carried,
            SequenceGenerator.Choice choice,
            int sequence) {
        this.program = program;
        this.outputs = outputs;
        this.inputs = data.read();
        this.data = data;
        this.rows = rows;
        this.carried = carried;
        this.choice = choice;
        this.sequence = sequence;
        this.length = rows.length(sequence);
        this.random = new CounterRandom(choice.seed(), CounterRandom.stream("sampling") + sequence);
    }

    /** The rows that follow, for each field of a target its values in the model's scale. */
    List<Map<Field, double[]>> run() {
        Layout layout = data.layout();
        int first = Math.max(1, layout.ahead().first());
        long need = first - 1 + (layout.windowed() && !carried ? layout.window() : 1L);
        if (length < need) {
            throw CommandFailure.job("%s has %d rows, but the model reads %d to foretell the next; give more rows%s"
                    .formatted(
                            rows.described(sequence),
                            length,
                            need,
                            layout.windowed() && !carried ? ", or a smaller --window" : ""));
        }
        program.resetStates();
        while (foretold.size() < choice.length()) {
            look(length + foretold.size() + 1 - first);
        }
        return foretold.subList(0, choice.length());
    }

    /** Lets the model read up to a row, counted from 1, and notes what it says of rows that are not known yet. */
    private void look(long end) {
        Layout layout = data.layout();
        int steps;
        if (carried) {
            steps = 1;
            while (position < end) {
                // What comes before the last row is read in whole windows.
                steps = (int) Math.max(1, Math.min(layout.window(), end - 1 - position));
                read(position, steps);
                position += steps;
            }
        } else {
            steps = (int) (layout.windowed() ? layout.window() : end);
            program.resetStates();
            read(end - steps, steps);
        }
        int count = outputs.stream().mapToInt(o -> o.target().span()).max().orElse(1);
        List<Map<Field, double[]>> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(new HashMap<>());
        }
        for (TablePredictions.Output output : outputs) {
            double[] all = Ports.read(program, Ports.port(program, output.port().name()), steps);
            int width = output.port().width();
            int at = output.port().rows() == Rows.SEQUENCE ? (steps - 1) * width : 0;
            values(output, Arrays.copyOfRange(all, at, at + width), next);
        }
        // A target that begins with the row read last says nothing new of that.
        foretold.addAll(next.subList(layout.ahead().first() == 0 ? 1 : 0, count));
    }

    private void values(TablePredictions.Output output, double[] given, List<Map<Field, double[]>> next) {
        Field field = output.target().field();
        for (double value : given) {
            if (!Double.isFinite(value)) {
                throw CommandFailure.job("output '%s' of %s is %s; check the weights and the data"
                        .formatted(output.port().name(), rows.described(sequence), value));
            }
        }
        if (field.element() == Element.TOKEN) {
            int known =
                    data.recipe().encoding().tables(List.of(field)).get(field).size();
            double[] scores = Arrays.copyOf(given, Math.min(given.length, known));
            int token = Sampler.sample(scores, choice.temperature(), choice.top(), random);
            next.getFirst().put(field, new double[] {token});
            return;
        }
        for (int i = 0; i < next.size(); i++) {
            next.get(i).put(field, Arrays.copyOfRange(given, i * field.width(), (i + 1) * field.width()));
        }
    }

    /** Runs the program over rows from {@code from} on, counted from 0. */
    private void read(long from, int steps) {
        for (PortField input : inputs) {
            boolean token = input.port().element() == Element.TOKEN;
            int count = input.port().rows() == Rows.SEQUENCE ? steps : 1;
            int width = token ? 1 : input.port().width();
            double[] dense = new double[count * width];
            for (int step = 0; step < count; step++) {
                double[] row = row(input, from + steps - count + step);
                System.arraycopy(row, 0, dense, step * width, width);
            }
            PortSpec port = input.port();
            if (token) {
                Ports.write(
                        program,
                        port,
                        Arrays.stream(dense).mapToInt(v -> (int) v).toArray(),
                        steps);
            } else {
                Ports.write(program, port, dense, steps);
            }
        }
        program.run(steps);
    }

    private double[] row(PortField input, long row) {
        if (row < length) {
            return rows.row(input, sequence, row);
        }
        double[] own = foretold.get((int) (row - length)).get(input.field());
        // A value of the whole series stays what it was; all else was foretold, or a shorter --length asked for.
        return own == null ? rows.row(input, sequence, length - 1) : own;
    }
}
