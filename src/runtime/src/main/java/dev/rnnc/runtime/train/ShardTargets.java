package dev.rnnc.runtime.train;

import java.util.Arrays;

/** How many targets the rows of a window have, and so which shards of rows have any in a part of it. */
final class ShardTargets {
    private final int[] targets;
    private final int rows;
    private final long[] found;
    private boolean perStep;

    /**
     * No targets yet.
     *
     * @param shards number of shards
     * @param rows of each
     */
    ShardTargets(int shards, int rows) {
        this.targets = new int[shards * rows];
        this.rows = rows;
        this.found = new long[shards];
    }

    /** Takes over the targets of a window of {@code length} steps. */
    void load(WindowBuffer window, int length) {
        perStep = window.targets(targets, length);
    }

    /** Takes over how many targets a window has that is never cut. */
    void load(long elements) {
        perStep = false;
        Arrays.fill(targets, 0);
        targets[0] = Math.toIntExact(elements);
    }

    /** Finds the targets of each shard in some steps of the window; returns whether there are any at all. */
    boolean find(int from, int steps) {
        Arrays.fill(found, 0);
        boolean any = false;
        for (int row = 0; row < targets.length; row++) {
            int count = targets(row, from, steps);
            found[row / rows] += count;
            any |= count > 0;
        }
        return any;
    }

    /** The targets of a shard that were found last. */
    long found(int shard) {
        return found[shard];
    }

    /** The number of targets in some steps of the window. */
    long targets(int from, int steps) {
        long all = 0;
        for (int row = 0; row < targets.length; row++) {
            all += targets(row, from, steps);
        }
        return all;
    }

    private int targets(int row, int from, int count) {
        return perStep ? Math.max(0, Math.min(count, targets[row] - from)) : targets[row];
    }
}
