package dev.rnnc.cli.data;

import java.util.HashMap;
import java.util.Map;

/**
 * Where the rows that were kept stand in their file: bad rows that were left out count, so that a number leads back to the
 * row it was made of. Rows are numbered within their series where a row is a time step.
 */
final class RowNumbers {
    /** In the place of a series where a row is a sequence of its own. */
    static final int SEQUENCES = -1;

    /** For each series how many rows were kept before each row that was left out. */
    private final Map<Integer, Longs> skipped = new HashMap<>();

    /** Notes that a row was left out after {@code kept} others of its series. */
    void skip(int series, long kept) {
        skipped.computeIfAbsent(series, _ -> new Longs()).add(kept);
    }

    /**
     * The number of a kept row in the file, both counted from 0; of one behind the last, what follows the file's last row.
     */
    long number(int series, long row) {
        Longs before = skipped.get(series);
        if (before == null) {
            return row;
        }
        // They are in the order of the file; all that stand before the row count.
        int low = 0;
        int high = before.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (before.get(middle) <= row) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return row + low;
    }
}
