package dev.rnnc.cli.data;

/**
 * How the rows of a file become examples.
 *
 * @param rowIsSequence whether a row holds a whole sequence; if not, it is one time step
 * @param sequenceId the column that says to which sequence a step belongs; empty where all are one
 * @param window time steps of an example; 0 where an example is a whole sequence
 * @param stride steps from the start of a window to that of the next
 * @param ahead how many steps after the inputs the targets lie
 */
public record Layout(boolean rowIsSequence, String sequenceId, int window, int stride, Ahead ahead) {
    /**
     * A distance into the future.
     *
     * @param first steps from an input to its target; 0 for the same step
     * @param last the same, or larger where a target holds the values of several steps
     */
    public record Ahead(int first, int last) {
        /** The target lies in the input's own step. */
        public static final Ahead NONE = new Ahead(0, 0);

        /** How many steps a target holds. */
        public int span() {
            return last - first + 1;
        }

        /**
         * Reads {@code N} or {@code N..M}.
         *
         * @throws DataException if it is neither
         */
        public static Ahead parse(String text) {
            if (!text.matches("\\d{1,7}(\\.\\.\\d{1,7})?")) {
                throw new DataException("--ahead " + text + ": give a number of steps, as in 24 or 1..24");
            }
            int range = text.indexOf("..");
            int first = Integer.parseInt(range < 0 ? text : text.substring(0, range));
            int last = range < 0 ? first : Integer.parseInt(text.substring(range + 2));
            if (last < first) {
                throw new DataException("--ahead " + text + ": the last step lies before the first");
            }
            return new Ahead(first, last);
        }

        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + ".." + last;
        }
    }

    /** The same with targets at another distance. */
    public Layout ahead(Ahead other) {
        return new Layout(rowIsSequence, sequenceId, window, stride, other);
    }

    /** Whether examples are cut out of longer sequences. */
    public boolean windowed() {
        return window > 0;
    }
}
