package dev.rnnc.cli.data;

import java.util.Arrays;

/** Where each example of a part lies: a window of a sequence, or a sequence as a whole. */
final class ExampleIndex implements ExamplePlaces {
    private final Layout layout;
    private final Part part;
    /** For each range of the part the number of examples before it, and at the end that of all. */
    private final int[] before;

    /** @throws DataException if there are more examples than an integer counts */
    ExampleIndex(Layout layout, Part part) {
        this.layout = layout;
        this.part = part;
        this.before = new int[part.size() + 1];
        for (int i = 0; i < part.size(); i++) {
            long sum = before[i] + examples(part.to()[i] - part.from()[i]);
            if (sum > Integer.MAX_VALUE) {
                throw new DataException("there are more than " + Integer.MAX_VALUE
                        + " examples; give a larger --stride, or divide the file");
            }
            before[i + 1] = (int) sum;
        }
    }

    private long examples(long steps) {
        if (!layout.windowed()) {
            return layout.ahead().last() == 0 || steps > layout.ahead().last() ? 1 : 0;
        }
        long room = steps - layout.window() - layout.ahead().last();
        return room < 0 ? 0 : room / layout.stride() + 1;
    }

    @Override
    public int size() {
        return before[before.length - 1];
    }

    @Override
    public int sequence(int example) {
        return part.sequences()[range(example)];
    }

    @Override
    public long offset(int example) {
        int range = range(example);
        return part.from()[range] + (long) (example - before[range]) * layout.stride();
    }

    @Override
    public int steps(int example) {
        return layout.window();
    }

    @Override
    public boolean starts(int example) {
        return true;
    }

    private int range(int example) {
        if (example < 0 || example >= size()) {
            throw new IllegalArgumentException("there are examples 0 to " + (size() - 1) + ", not " + example);
        }
        int found = Arrays.binarySearch(before, example);
        int range = found >= 0 ? found : -found - 2;
        // Ranges without examples begin where the next one does.
        while (before[range + 1] == before[range]) {
            range++;
        }
        return range;
    }
}
