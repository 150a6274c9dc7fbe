package dev.rnnc.runtime.spec;

/**
 * The {@code train {}} block of a model.
 *
 * @param steps unrolled length T
 * @param batch rows B
 * @param optimizer the optimiser and its settings
 * @param clip gradient clipping
 * @param epochs passes over the data
 * @param seed seed of initial values, shuffling and dropout
 * @param stateful whether the state at the end of a window starts the next one
 * @param loop what the training loop does beyond that
 */
public record TrainSettings(
        int steps,
        int batch,
        OptimizerSpec optimizer,
        ClipSpec clip,
        int epochs,
        long seed,
        boolean stateful,
        LoopSettings loop) {
    private static final int ROWS_FOR_EIGHT_SHARDS = 128;

    /** Settings with an update for each window, at a constant rate, on one thread. */
    public TrainSettings(
            int steps, int batch, OptimizerSpec optimizer, ClipSpec clip, int epochs, long seed, boolean stateful) {
        this(steps, batch, optimizer, clip, epochs, seed, stateful, LoopSettings.PLAIN);
    }

    /** The same with another loop. */
    public TrainSettings with(LoopSettings other) {
        return new TrainSettings(steps, batch, optimizer, clip, epochs, seed, stateful, other);
    }

    /** Whether windows are cut in time. */
    public boolean truncated() {
        return loop.backpropagate() > 0 && (loop.backpropagate() < steps || loop.updateEvery() < steps);
    }

    /** The most time steps that a training program is run over at once: those of a window, or k2 where that is less. */
    public int pieceSteps() {
        return truncated() ? Math.min(steps, loop.backpropagate()) : steps;
    }

    /**
     * Into how many parts of equal size a batch is cut when threads share it. It depends on the batch alone and not on the
     * number of threads, so that neither do the bits: 8 for batches from 128 rows on, else 4; where that does not divide the
     * batch 4, 3 or 2; 1 where nothing does, or no threads are asked for.
     */
    public int shards() {
        if (loop.threads() == 0) {
            return 1;
        }
        int most = batch >= ROWS_FOR_EIGHT_SHARDS ? 8 : 4;
        for (int shards : new int[] {most, 4, 3, 2}) {
            if (batch % shards == 0) {
                return shards;
            }
        }
        return 1;
    }

    /** Rows of a training program: the batch, or one of its {@link #shards}. */
    public int shardRows() {
        return batch / shards();
    }
}
