package dev.rnnc.cli.data;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A part of a table: of some sequences the steps from one to another.
 *
 * @param sequences which they are
 * @param from the first step of each, counted within its sequence
 * @param to the step behind its last
 */
public record Part(int[] sequences, long[] from, long[] to) {
    /** Everything. */
    public static Part all(Table table) {
        return of(table, IntStream.range(0, table.sequences()).toArray());
    }

    /** The last window of each sequence, all of it where no windows are cut; sequences shorter than a window are as they are. */
    static Part last(Table table) {
        Part all = all(table);
        if (table.layout().windowed()) {
            Arrays.setAll(all.from, i -> Math.max(0, all.to[i] - table.layout().window()));
        }
        return all;
    }

    /** Some sequences from start to end. */
    static Part of(Table table, int[] sequences) {
        long[] to = IntStream.of(sequences).mapToLong(table::length).toArray();
        return new Part(sequences, new long[to.length], to);
    }

    int size() {
        return sequences.length;
    }

    /** Of a series the steps that the part takes of its {@code i}th sequence: the first, and that behind the last. */
    long[] steps(Table table, Series series, int i) {
        int sequence = sequences[i];
        long start = series.starts()[sequence];
        // What a sequence has one of belongs to it as a whole.
        boolean cut = table.layout().windowed() && series.length(sequence) == table.length(sequence);
        return new long[] {start + (cut ? from[i] : 0), start + (cut ? to[i] : series.length(sequence))};
    }
}
