package dev.rnnc.cli.data;

import dev.rnnc.runtime.train.ExampleOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Windows through which a model carries its states: each row of a batch reads one lane from its first step to its last, a
 * window at a time, the last of them as short as it comes.
 *
 * <p>A lane is a series. Where there are fewer series than rows, the longest are divided into lanes of equal length, which
 * leaves out less than a step a lane at the end. As many lanes as a batch has rows are read side by side, a round; lanes of
 * about the same length share one, and a row whose lane is over has no steps until the round is over. States are zero at
 * the start of each round.
 *
 * <p>Example {@code w * batch + b} is row {@code b} of window {@code w}.
 */
final class LaneIndex implements ExamplePlaces {
    private final int window;
    private final int batch;
    /** The longest first. */
    private final List<Lane> lanes;
    /** For each round the number of windows before it, and at the end that of all. */
    private final int[] before;

    private record Lane(int sequence, long from, long steps) {}

    /** @throws DataException if there are more windows than an integer counts */
    LaneIndex(Layout layout, Part part, int batch) {
        this.window = layout.window();
        this.batch = batch;
        this.lanes = lanes(layout, part, batch);
        this.before = new int[(lanes.size() + batch - 1) / batch + 1];
        for (int round = 0; round < before.length - 1; round++) {
            long sum = before[round] + windows(lanes.get(round * batch).steps());
            if (sum * batch > Integer.MAX_VALUE) {
                throw new DataException("there are more than " + Integer.MAX_VALUE
                        + " windows; give a larger --window, or divide the file");
            }
            before[round + 1] = (int) sum;
        }
    }

    private static List<Lane> lanes(Layout layout, Part part, int batch) {
        long[] usable = new long[part.size()];
        int[] parts = new int[part.size()];
        int count = 0;
        for (int i = 0; i < usable.length; i++) {
            usable[i] =
                    Math.max(0, part.to()[i] - part.from()[i] - layout.ahead().last());
            parts[i] = usable[i] == 0 ? 0 : 1;
            count += parts[i];
        }
        while (count > 0 && count < batch) {
            int longest = 0;
            for (int i = 1; i < usable.length; i++) {
                if (usable[i] * Math.max(1, parts[longest]) > usable[longest] * Math.max(1, parts[i])) {
                    longest = i;
                }
            }
            if (usable[longest] <= parts[longest]) {
                break;
            }
            parts[longest]++;
            count++;
        }
        List<Lane> lanes = new ArrayList<>();
        for (int i = 0; i < usable.length; i++) {
            for (int lane = 0; lane < parts[i]; lane++) {
                long steps = usable[i] / parts[i];
                lanes.add(new Lane(part.sequences()[i], part.from()[i] + lane * steps, steps));
            }
        }
        lanes.sort(Comparator.comparingLong(Lane::steps).reversed());
        return lanes;
    }

    private long windows(long steps) {
        return (steps + window - 1) / window;
    }

    @Override
    public int size() {
        return before[before.length - 1] * batch;
    }

    @Override
    public int sequence(int example) {
        Lane lane = lane(example);
        return lane == null ? lanes.getFirst().sequence() : lane.sequence();
    }

    @Override
    public long offset(int example) {
        Lane lane = lane(example);
        if (lane == null) {
            return lanes.getFirst().from();
        }
        long passed = passed(example);
        return lane.from() + (passed < lane.steps() ? passed : 0);
    }

    @Override
    public int steps(int example) {
        Lane lane = lane(example);
        return lane == null ? 0 : Math.clamp(lane.steps() - passed(example), 0, window);
    }

    @Override
    public boolean starts(int example) {
        return before[round(example)] == example / batch;
    }

    /** Whether rows of one window differ in their steps. */
    boolean ragged() {
        for (int round = 0; round < before.length - 1; round++) {
            int last = (round + 1) * batch - 1;
            if (last >= lanes.size()
                    || lanes.get(last).steps() != lanes.get(round * batch).steps()) {
                return true;
            }
        }
        return false;
    }

    /** The steps of all lanes. */
    long total() {
        return lanes.stream().mapToLong(Lane::steps).sum();
    }

    /** All examples, the rounds in an order drawn with {@code seed}, another one for each epoch. */
    int[] shuffled(long seed, int epoch) {
        int[] order = new int[size()];
        int next = 0;
        for (int round : ExampleOrder.permutation(before.length - 1, seed, epoch)) {
            for (int example = before[round] * batch; example < before[round + 1] * batch; example++) {
                order[next++] = example;
            }
        }
        return order;
    }

    /** The lane that a row of a window reads; null for a row without one. */
    private Lane lane(int example) {
        int number = round(example) * batch + example % batch;
        return number < lanes.size() ? lanes.get(number) : null;
    }

    /** Steps of a lane before an example. */
    private long passed(int example) {
        return (long) (example / batch - before[round(example)]) * window;
    }

    private int round(int example) {
        if (example < 0 || example >= size()) {
            throw new IllegalArgumentException("there are examples 0 to " + (size() - 1) + ", not " + example);
        }
        int found = Arrays.binarySearch(before, example / batch);
        return found >= 0 ? found : -found - 2;
    }
}
