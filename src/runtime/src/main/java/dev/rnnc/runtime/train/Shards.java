package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.Blocks;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The training programs that share a batch, one for each shard of its rows: their loss and gradient are those of all rows
 * together, as {@link LossParts} says, summed in the order of the shards, whichever thread ran which. Where there is one
 * shard and no window is cut, its program is all there is, and the data go straight into it.
 */
final class Shards implements AutoCloseable {
    private static final long DROPOUT = CounterRandom.stream("dropout");
    /** The golden ratio times 2^64: distance of the seeds of shards. */
    private static final long MASKS_APART = 0x9E3779B97F4A7C15L;

    private final List<Program> programs;
    /** One for each of them that knows beforehand what the parts of its loss are divided by; none where none needs to. */
    private final List<Program> counters;

    private final LossParts parts;
    /** How much each shard counts in the mean gradient of the last run; 0 where it was not run. */
    private final double[] shares;

    private final Parameters parameters;
    private final WindowBuffer window;
    private final Workers workers;
    private final MemorySegment mean;
    private final MemorySegment[] gradients;
    private final GradientExtent extent;
    private final ShardTargets targets;
    private final Blocks blocks;
    /** For each block of the gradient whether it is finite. */
    private final boolean[] finite;

    private final StateStore before;
    private final boolean keepsStates;
    /** For each program whether it has not taken over the parameters since they changed. */
    private final boolean[] stale;

    private long seed;

    private int from;
    private int steps;
    private double loss;
    private double count;

    private final IntConsumer runShard = this::runShard;
    private final IntConsumer reduceBlock = this::reduceBlock;

    /** @throws IllegalArgumentException if the compiled training program does not fit the settings */
    Shards(CompiledModel model, Parameters parameters, TrainSettings settings) {
        this.parameters = parameters;
        boolean whole = settings.loop().threads() == 0 && !settings.truncated();
        ShardPrograms opened = ShardPrograms.open(model, parameters, settings, whole);
        this.programs = opened.training();
        this.counters = opened.counting();
        Program first = programs.getFirst();
        int count = programs.size();
        int elements = Math.toIntExact(parameters.spec().parameterElements());
        this.parts = LossParts.of(first.spec());
        this.shares = new double[count];
        // Whoever counts ahead must be able to come back to a window.
        this.window = whole && counters.isEmpty()
                ? null
                : whole
                        ? new WindowBuffer(
                                first, first.spec().steps(), first.spec().batch(), parameters)
                        : new WindowBuffer(first, settings.steps(), settings.batch(), parameters);
        this.gradients = programs.stream().map(Program::gradients).toArray(MemorySegment[]::new);
        this.mean = count == 1
                ? gradients[0]
                : Arena.ofAuto().allocate(Math.max(64, first.gradients().byteSize()), 64);
        this.extent = new GradientExtent(parameters.spec(), first.spec());
        this.targets = new ShardTargets(count, (whole ? first.spec().batch() : settings.batch()) / count);
        this.blocks = new Blocks(elements);
        this.finite = new boolean[blocks.count()];
        this.keepsStates = settings.stateful() || settings.truncated();
        this.before = new StateStore(programs);
        this.stale = new boolean[count];
        parametersChanged();
        this.workers = new Workers(Math.max(1, Math.min(count, settings.loop().threads())));
    }

    /** The programs, in the order of their rows. */
    List<Program> programs() {
        return programs;
    }

    /** A copy of the states, for a caller to use. */
    StateStore newStateStore() {
        return new StateStore(programs);
    }

    /** Loads a window and says how many steps it has. */
    int load(BatchSource source, int index) {
        if (window == null) {
            int length = source.load(index, programs.getFirst());
            // The source knows best, and nothing is cut.
            targets.load(source.elements(index));
            return length;
        }
        int length = source.load(index, window);
        targets.load(window, length);
        return length;
    }

    void resetStates() {
        programs.forEach(Program::resetStates);
    }

    /**
     * Runs all shards over a piece of the window.
     *
     * @param masks the number of the run, for its dropout masks
     * @param settingsSeed the seed of the training
     * @return whether there was anything to learn from: a piece without targets, or whose targets have no weight, is left
     *     out
     */
    boolean run(Pieces.Piece piece, long masks, long settingsSeed) {
        from = piece.from();
        steps = piece.steps();
        seed = CounterRandom.bits(settingsSeed, DROPOUT, masks);
        if (window != null && !targets.find(from, steps) && parts.form() == LossParts.Form.OTHER) {
            return false;
        }
        if (keepsStates) {
            before.save();
        }
        workers.run(programs.size(), runShard);
        if (!share()) {
            return false;
        }
        loss = 0;
        for (int i = 0; i < programs.size(); i++) {
            loss += shares[i] == 0 ? 0 : shares[i] * programs.get(i).loss();
        }
        if (gradients.length > 1) {
            extent.zeroRows(mean);
        }
        extend();
        workers.run(blocks.count(), reduceBlock);
        return true;
    }

    /** Finds how much each shard counts; returns whether any does. */
    private boolean share() {
        count = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = runs(i) ? parts.share(programs.get(i)) : 0;
            count += shares[i];
        }
        if (count == 0) {
            return false;
        }
        for (int i = 0; parts.form() == LossParts.Form.MEAN && i < shares.length; i++) {
            shares[i] /= count;
        }
        return true;
    }

    /**
     * Whether a shard has something to run for. What a loss is divided by says how much its rows count, with targets or
     * without; where it says nothing, the results of a shard without targets are void.
     */
    private boolean runs(int shard) {
        return parts.form() != LossParts.Form.OTHER
                || window == null
                || programs.size() == 1
                || targets.found(shard) > 0;
    }

    /** Whether runs must be told what the parts of the loss are divided by in all that make one update. */
    boolean counts() {
        return !counters.isEmpty();
    }

    /**
     * What the parts of the loss are divided by in a piece of the window that was loaded.
     *
     * @return null where there is nothing to run
     */
    double[] counts(Pieces.Piece piece) {
        double[] all = new double[parts.counts().size()];
        for (int shard = 0; shard < counters.size(); shard++) {
            Program counter = counters.get(shard);
            window.copyTo(counter, shard * counter.spec().batch(), piece.from(), piece.steps());
            counter.run(piece.steps());
            double[] own = parts.counts(counter);
            for (int i = 0; i < all.length; i++) {
                all[i] += own[i];
            }
        }
        return Arrays.stream(all).allMatch(c -> c == 0) ? null : all;
    }

    /** Tells the programs what the parts of the loss are divided by in all runs that make one update. */
    void totals(double[] totals) {
        programs.forEach(program -> parts.total(program, totals));
    }

    /** Whether the gradients of several runs add up as they are; otherwise each counts by its {@link #count}. */
    boolean addUp() {
        return switch (parts.form()) {
            case SUM, SEVERAL -> true;
            case MEAN, OTHER -> false;
        };
    }

    /** What the mean of the last run is divided by. */
    double count() {
        return count;
    }

    /**
     * Adds the loss of the last run.
     *
     * @param share how much of it counts
     */
    void addTo(LossSum sum, double share) {
        for (int i = 0; i < programs.size(); i++) {
            if (shares[i] != 0) {
                sum.add(parts, programs.get(i), Math.max(1, targets.found(i)), share);
            }
        }
    }

    /** Finds where the gradient may differ from zero: where that of a shard may that has targets. */
    private void extend() {
        extent.clear();
        for (int i = 0; i < programs.size(); i++) {
            if (shares[i] != 0) {
                extent.add(programs.get(i));
            }
        }
        extent.ranges();
    }

    /** The number of targets of the last steps of a piece: of as many as the piece has, or only its fresh ones. */
    long targets(Pieces.Piece piece, int last) {
        return targets.targets(piece.end() - last, last);
    }

    private void runShard(int shard) {
        Program program = programs.get(shard);
        if (window != null) {
            if (!runs(shard)) {
                return;
            }
            window.copyTo(program, shard * program.spec().batch(), from, steps);
        }
        if (stale[shard]) {
            program.refresh();
            stale[shard] = false;
        }
        // Rows of different shards have different masks; those of the first are those of a batch as a whole.
        program.seed(seed(shard));
        program.run(steps);
    }

    /** Makes a block of the mean gradient, and checks it while it is in the cache. */
    private void reduceBlock(int block) {
        Precision precision = parameters.spec().precision();
        int start = blocks.start(block);
        int end = blocks.end(block);
        if (gradients.length > 1) {
            for (int i = extent.rangeBehind(start); i < extent.ranges() && extent.start(i) < end; i++) {
                int from = Math.max(start, extent.start(i));
                int to = Math.min(end, extent.end(i));
                GradientMean.weighted(mean, gradients, shares, precision, from, to);
            }
        }
        finite[block] = NonFinite.none(mean, precision, extent, start, end);
    }

    /** Has every program take over the parameters before its next run, which is when its thread is awake anyway. */
    void parametersChanged() {
        Arrays.fill(stale, true);
    }

    /** The loss of the last run. */
    double loss() {
        return loss;
    }

    /** Whether the loss of the last run and its gradient are finite. */
    boolean finite() {
        for (boolean block : finite) {
            if (!block) {
                return false;
            }
        }
        return Double.isFinite(loss);
    }

    /** The threads that run the shards, for other work between runs. */
    Workers workers() {
        return workers;
    }

    /** The gradient of the last run's loss; may be changed. */
    MemorySegment gradients() {
        return mean;
    }

    /** Where {@link #gradients} may differ from zero, until the next run. */
    GradientExtent extent() {
        return extent;
    }

    /** The seed of a shard's masks in the last run. */
    long seed(int shard) {
        return seed + shard * MASKS_APART;
    }

    /** The states from before the last run; null where they were zero. */
    StateStore statesBefore() {
        return keepsStates ? before : null;
    }

    /** Ends the threads and frees the programs' memory. */
    @Override
    public void close() {
        workers.close();
        programs.forEach(Program::close);
        counters.forEach(Program::close);
        if (window != null) {
            window.close();
        }
    }
}
