package dev.rnnc.cli.data;

import java.util.List;

/** What stands in one column of one row. */
sealed interface Cell {
    /** Something that no port takes, in a column that none need read. */
    record Unreadable(String problem) implements Cell {}

    /** Nothing. */
    record Missing() implements Cell {}

    /** One value, as it was written. */
    record Single(String text) implements Cell {}

    /**
     * An array.
     *
     * @param texts all its values, those of inner arrays one behind the other
     * @param inner the length of each inner array; 0 where the elements are no arrays
     */
    record Several(List<String> texts, int inner) implements Cell {}
}
