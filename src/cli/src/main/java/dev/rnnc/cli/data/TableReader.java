package dev.rnnc.cli.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a file once, row by row, and keeps what a model's ports take from it. */
final class TableReader {
    private final RowFile file;
    private final Layout layout;
    private final Collection<Set<Field>> together;
    private final List<FieldReader> readers;
    private final List<String> wanted = new ArrayList<>();
    /** For each reader the places of its columns among those wanted. */
    private final List<int[]> places = new ArrayList<>();

    private final Map<String, Integer> numbers = new HashMap<>();
    /** Rows that were left out of series of which no row was kept yet. */
    private final Map<String, Integer> early = new HashMap<>();

    private final List<String> names = new ArrayList<>();
    /** Steps of each sequence where a row is a step; one list for each field where a row is a sequence. */
    private final List<Longs> lengths = new ArrayList<>();

    private final Store sequenceOf;
    private int previous = -1;
    private boolean mixed;
    private final RowNumbers rows = new RowNumbers();
    /** Bad rows up to the row before. */
    private long badBefore;

    /**
     * A reader for some fields.
     *
     * @param tables symbols of the fields that are not to be learnt
     * @param together fields that a model reads step by step together
     */
    TableReader(
            RowFile file,
            Set<Field> fields,
            Layout layout,
            Map<Field, SymbolTable> tables,
            Collection<Set<Field>> together,
            Path cache) {
        this.file = file;
        this.layout = layout;
        this.together = together;
        this.sequenceOf = new Store(cache);
        Set<String> columns = new LinkedHashSet<>();
        fields.forEach(field -> columns.addAll(field.columns()));
        if (!layout.sequenceId().isEmpty()) {
            columns.add(layout.sequenceId());
        }
        wanted.addAll(columns);
        readers = fields.stream()
                .map(field -> new FieldReader(
                        field,
                        layout.rowIsSequence(),
                        field.vocabulary() > 0 ? new Dictionary(field, tables.get(field)) : null,
                        cache))
                .toList();
        for (FieldReader reader : readers) {
            places.add(
                    reader.field().columns().stream().mapToInt(wanted::indexOf).toArray());
            lengths.add(new Longs());
        }
        if (!layout.rowIsSequence() && layout.sequenceId().isEmpty()) {
            sequence("");
        }
    }

    /**
     * Reads all rows.
     *
     * @throws DataException if none is sound
     */
    Table read(BadRows bad, Path cache) {
        file.read(wanted, bad, row -> {
            skipped(bad);
            try {
                row(row);
            } catch (BadRows.BadRow e) {
                skippedOf(row);
                throw e;
            }
        });
        skipped(bad);
        boolean empty = lengths.isEmpty()
                || lengths.getFirst().size() == 0
                || !layout.rowIsSequence() && lengths.getFirst().get(0) == 0;
        if (empty) {
            throw new DataException("'%s' has no row that can be used%s"
                    .formatted(
                            file.path(),
                            bad.count() == 0
                                    ? ""
                                    : "; the first of them: " + bad.examples().getFirst()));
        }
        Map<Field, Series> series = new HashMap<>();
        MemorySegment sequence = mixed ? sequenceOf.finish() : null;
        for (int i = 0; i < readers.size(); i++) {
            FieldReader reader = readers.get(i);
            long[] starts = starts(lengths.get(layout.rowIsSequence() ? i : 0));
            MemorySegment values = reader.store().finish();
            series.put(
                    reader.field(),
                    new Series(
                            reader.field(),
                            mixed ? sorted(reader.field(), values, starts, sequence, cache) : values,
                            starts,
                            reader.dictionary()));
        }
        return new Table(
                file.path(), layout, Map.copyOf(series), layout.sequenceId().isEmpty() ? List.of() : names, rows);
    }

    private void row(Row row) throws BadRows.BadRow {
        int[] steps = new int[readers.size()];
        for (int i = 0; i < steps.length; i++) {
            List<Cell> cells = new ArrayList<>();
            for (int place : places.get(i)) {
                cells.add(row.cells().get(place));
            }
            steps[i] = readers.get(i).read(cells);
        }
        requireSameSteps(steps);
        if (layout.rowIsSequence()) {
            for (int i = 0; i < steps.length; i++) {
                lengths.get(i).add(steps[i]);
            }
        } else {
            int number = layout.sequenceId().isEmpty() ? 0 : sequence(row);
            lengths.getFirst().increment(number);
            if (!layout.sequenceId().isEmpty()) {
                sequenceOf.add(number);
            }
        }
        readers.forEach(FieldReader::keep);
    }

    /** Notes the rows that were left out since the last one, where it does not matter which series they are of. */
    private void skipped(BadRows bad) {
        boolean rowIsSequence = layout.rowIsSequence();
        for (; badBefore < bad.count(); badBefore++) {
            if (rowIsSequence) {
                rows.skip(
                        RowNumbers.SEQUENCES,
                        lengths.isEmpty() ? 0 : lengths.getFirst().size());
            } else if (layout.sequenceId().isEmpty()) {
                rows.skip(0, lengths.getFirst().get(0));
            }
        }
    }

    /** Notes a row that is about to be left out of a series, as far as it names one that is known. */
    private void skippedOf(Row row) {
        if (layout.rowIsSequence() || layout.sequenceId().isEmpty()) {
            return;
        }
        if (row.cells().get(wanted.indexOf(layout.sequenceId())) instanceof Cell.Single id) {
            Integer known = numbers.get(id.text());
            if (known != null) {
                rows.skip(known, lengths.getFirst().get(known));
            } else {
                early.merge(id.text(), 1, Integer::sum);
            }
        }
    }

    private void requireSameSteps(int[] steps) throws BadRows.BadRow {
        if (!layout.rowIsSequence()) {
            return;
        }
        for (Set<Field> set : together) {
            int first = -1;
            for (int i = 0; i < steps.length; i++) {
                if (!set.contains(readers.get(i).field())) {
                    continue;
                }
                if (first >= 0 && steps[first] != steps[i]) {
                    throw new BadRows.BadRow("%s has %s steps, but %s has %s, and the model reads them together"
                            .formatted(
                                    readers.get(first).field().name(),
                                    steps[first],
                                    readers.get(i).field().name(),
                                    steps[i]));
                }
                first = i;
            }
        }
    }

    private int sequence(Row row) throws BadRows.BadRow {
        if (!(row.cells().get(wanted.indexOf(layout.sequenceId())) instanceof Cell.Single id)) {
            throw new BadRows.BadRow("column '" + layout.sequenceId() + "' names no sequence");
        }
        int number = sequence(id.text());
        mixed |= number < previous;
        previous = Math.max(previous, number);
        return number;
    }

    private int sequence(String name) {
        Integer known = numbers.get(name);
        if (known != null) {
            return known;
        }
        numbers.put(name, names.size());
        names.add(name);
        lengths.getFirst().add(0);
        for (int i = early.getOrDefault(name, 0); i > 0; i--) {
            rows.skip(names.size() - 1, 0);
        }
        return names.size() - 1;
    }

    private static long[] starts(Longs lengths) {
        long[] starts = new long[lengths.size() + 1];
        for (int i = 0; i < lengths.size(); i++) {
            starts[i + 1] = starts[i] + lengths.get(i);
        }
        return starts;
    }

    /** The steps of each sequence one behind the other, in the order of the file. */
    private static MemorySegment sorted(
            Field field, MemorySegment values, long[] starts, MemorySegment sequence, Path cache) {
        long bytes = Series.stepBytes(field);
        MemorySegment sorted = Store.allocate(values.byteSize(), cache);
        long[] next = starts.clone();
        for (long step = 0; step < starts[starts.length - 1]; step++) {
            int of = sequence.getAtIndex(ValueLayout.JAVA_INT, step);
            MemorySegment.copy(values, step * bytes, sorted, next[of]++ * bytes, bytes);
        }
        return sorted;
    }
}
