package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rows of a table one by one, as a model sees them. */
public final class SeriesRows {
    private final Table table;
    private final Encoding encoding;
    private final Map<Field, int[]> translations = new HashMap<>();

    /** @param ports what rows will be asked for */
    public SeriesRows(Table table, Encoding encoding, List<PortField> ports) {
        this.table = table;
        this.encoding = encoding;
        for (PortField port : ports) {
            if (port.port().element() == Element.TOKEN) {
                translations.computeIfAbsent(
                        port.field(),
                        field -> encoding.translation(table.series().get(field)));
            }
        }
    }

    /** How many sequences there are. */
    public int sequences() {
        return table.sequences();
    }

    /** Steps of a sequence. */
    public long length(int sequence) {
        return table.length(sequence);
    }

    /** The name of a sequence, or its number from 1 on. */
    public String name(int sequence) {
        return table.sequenceName(sequence);
    }

    /** The number in the file of a row of a sequence, or of one that follows its last, counted from 0. */
    public long number(int sequence, long row) {
        return table.number(sequence, row);
    }

    /** A sequence as a message names it. */
    public String described(int sequence) {
        return table.name(sequence) + " of '" + table.file() + "'";
    }

    /**
     * A row of a port: a token, or numbers {@code [width]} in the model's scale. Of what a sequence has fewer rows of, as a
     * value of its own, the last one.
     */
    public double[] row(PortField port, int sequence, long row) {
        Series series = table.series().get(port.field());
        long step = series.starts()[sequence] + Math.min(row, series.length(sequence) - 1);
        if (port.port().element() == Element.TOKEN) {
            return new double[] {translations.get(port.field())[series.token(step)]};
        }
        Scaling scaling = encoding.scaling(port.field());
        double[] values = new double[port.field().width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = scaling.apply(series.real(step, i), i);
        }
        return values;
    }
}
