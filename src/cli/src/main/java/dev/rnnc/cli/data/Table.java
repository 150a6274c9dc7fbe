package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Rows;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The sound rows of a file.
 *
 * @param file where they come from
 * @param series the values of each field
 * @param names the sequences' names where a column gives them, else empty
 * @param numbers where the rows stand in the file
 */
public record Table(Path file, Layout layout, Map<Field, Series> series, List<String> names, RowNumbers numbers) {
    /**
     * Reads a file.
     *
     * @param tables the symbols of fields whose symbols are known; those of all others are learnt
     * @param together fields that are read step by step together
     * @param cache where a binary copy of the data is kept if they are many
     * @throws DataException at the first bad row if bad rows are not skipped, or if no row is left
     */
    public static Table read(
            RowFile file,
            Set<Field> fields,
            Layout layout,
            Map<Field, SymbolTable> tables,
            Collection<Set<Field>> together,
            BadRows bad,
            Path cache) {
        return new TableReader(file, fields, layout, tables, together, cache).read(bad, cache);
    }

    /** The number in the file of a step of a sequence, both counted from 0; bad rows that were left out count. */
    long number(int sequence, long step) {
        return layout.rowIsSequence() ? step : numbers.number(sequence, step);
    }

    /** The number of a sequence, counted from 0: that of its row where a row is a sequence. */
    long number(int sequence) {
        return layout.rowIsSequence() ? numbers.number(RowNumbers.SEQUENCES, sequence) : sequence;
    }

    /** A sequence's name, or its number from 1 on. */
    String sequenceName(int sequence) {
        return names.isEmpty() ? Long.toString(number(sequence) + 1) : names.get(sequence);
    }

    /** The number of sequences. */
    int sequences() {
        return series.values().iterator().next().starts().length - 1;
    }

    /** The steps of a sequence; of the field that has most where they differ. */
    long length(int sequence) {
        return series.values().stream()
                .mapToLong(of -> of.length(sequence))
                .max()
                .orElse(0);
    }

    /**
     * Checks that a port which takes one value a sequence has one, where a row is a step.
     *
     * @throws DataException if the value changes within a sequence
     */
    public void requireConstant(PortField port) {
        if (layout.rowIsSequence() || layout.windowed() || port.port().rows() == Rows.SEQUENCE) {
            return;
        }
        Series of = series.get(port.field());
        for (int sequence = 0; sequence < sequences(); sequence++) {
            long first = of.starts()[sequence];
            for (long step = first + 1; step < of.starts()[sequence + 1]; step++) {
                if (!of.same(first, step)) {
                    throw new DataException(
                            ("'%s': %s changes within %s (its row %s), but '%s' has no time steps and takes"
                                            + " one value a sequence; declare it a sequence, or cut windows with --window")
                                    .formatted(
                                            file, port.field().name(), name(sequence), step - first + 1, port.name()));
                }
            }
        }
    }

    /** A sequence as a message names it. */
    String name(int sequence) {
        return names.isEmpty() ? "sequence " + (number(sequence) + 1) : "sequence '" + names.get(sequence) + "'";
    }
}
