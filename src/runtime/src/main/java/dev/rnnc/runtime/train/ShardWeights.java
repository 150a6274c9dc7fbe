package dev.rnnc.runtime.train;

import java.util.Arrays;

/** How many targets the rows of a window have, and by that how much each shard of rows counts in means over a part of it. */
final class ShardWeights {
    private final int[] targets;
    private final int rows;
    private final double[] weights;
    private boolean perStep;

    /**
     * No targets yet.
     *
     * @param shards number of shards
     * @param rows of each
     */
    ShardWeights(int shards, int rows) {
        this.targets = new int[shards * rows];
        this.rows = rows;
        this.weights = new double[shards];
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

    /** Finds the weights of the shards in some steps of the window; returns whether these have targets at all. */
    boolean weigh(int from, int steps) {
        Arrays.fill(weights, 0);
        long all = 0;
        for (int row = 0; row < targets.length; row++) {
            int count = targets(row, from, steps);
            weights[row / rows] += count;
            all += count;
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= Math.max(1, all);
        }
        return all > 0;
    }

    /** The weights that were found last, which add up to 1; 0 for a shard without targets, whose results are void. */
    double[] weights() {
        return weights;
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
