package dev.rnnc.runtime.train;

import dev.rnnc.runtime.random.CounterRandom;
import java.util.Arrays;

/**
 * The order in which examples are put into batches. Examples of about the same length meet, so that little padding is
 * computed: the shuffled examples are cut into pools of {@value #POOL} batches, and each pool is sorted by length. The
 * same seed and epoch give the same order.
 */
public final class ExampleOrder {
    /** Batches of a pool: large enough for like to find like, small enough that batches differ from epoch to epoch. */
    static final int POOL = 100;

    private static final long EXAMPLES = CounterRandom.stream("examples");

    private ExampleOrder() {}

    /**
     * The order of an epoch.
     *
     * @param lengths time steps of each example
     * @param batch examples of a batch, B
     * @param epoch counted from 1
     */
    public static int[] shuffled(int[] lengths, int batch, long seed, int epoch) {
        int[] order = permutation(lengths.length, seed, epoch);
        if (differ(lengths)) {
            long pool = (long) POOL * batch;
            for (long from = 0; from < order.length; from += pool) {
                sort(order, (int) from, (int) Math.min(order.length, from + pool), lengths);
            }
        }
        return order;
    }

    /** The order given, or sorted by length where lengths differ, for data that are visited in order. */
    public static int[] sorted(int[] lengths) {
        int[] order = identity(lengths.length);
        if (differ(lengths)) {
            sort(order, 0, order.length, lengths);
        }
        return order;
    }

    /** The numbers below {@code count} in an order drawn with {@code seed}, another one for each {@code number}. */
    public static int[] permutation(int count, long seed, int number) {
        int[] order = identity(count);
        CounterRandom random = new CounterRandom(seed, EXAMPLES + number);
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int other = order[j];
            order[j] = order[i];
            order[i] = other;
        }
        return order;
    }

    private static int[] identity(int count) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private static boolean differ(int[] lengths) {
        for (int length : lengths) {
            if (length != lengths[0]) {
                return true;
            }
        }
        return false;
    }

    /** Sorts a range by length; examples of equal length keep their order. */
    private static void sort(int[] order, int from, int to, int[] lengths) {
        long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) lengths[order[from + i]] << Integer.SIZE | i;
        }
        Arrays.sort(keys);
        int[] before = Arrays.copyOfRange(order, from, to);
        for (int i = 0; i < keys.length; i++) {
            order[from + i] = before[(int) keys[i]];
        }
    }
}
