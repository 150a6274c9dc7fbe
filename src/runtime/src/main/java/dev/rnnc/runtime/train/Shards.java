package dev.rnnc.runtime.train;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.random.CounterRandom;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The training programs that share a batch, one for each shard of its rows: their loss and gradient are the means of the
 * shards', weighted by their targets and summed in the order of the shards, whichever thread ran which. Where there is
 * one shard and no window is cut, its program is all there is, and the data go straight into it.
 */
final class Shards implements AutoCloseable {
    private static final long DROPOUT = CounterRandom.stream("dropout");
    /** The golden ratio times 2^64: distance of the seeds of shards. */
    private static final long MASKS_APART = 0x9E3779B97F4A7C15L;

    private final List<Program> programs = new ArrayList<>();
    private final Parameters parameters;
    private final WindowBuffer window;
    private final Workers workers;
    private final MemorySegment mean;
    private final MemorySegment[] gradients;
    /** Where the gradient of the last run may differ from zero. */
    private final GradientExtent extent;

    private final double[] weights;
    private final int[] targets;
    private final StateStore before;
    private final boolean keepsStates;
    /** For each program whether it has not taken over the parameters since they changed. */
    private final boolean[] stale;

    private boolean perStep;
    private long seed;

    private int from;
    private int steps;
    private double loss;

    private final IntConsumer runShard = this::runShard;
    private final IntConsumer reducePart = this::reducePart;

    /** @throws IllegalArgumentException if the compiled training program does not fit the settings */
    Shards(CompiledModel model, Parameters parameters, TrainSettings settings) {
        this.parameters = parameters;
        Program first = model.newProgram(ProgramKind.TRAINING, parameters);
        programs.add(first);
        boolean whole = settings.loop().threads() == 0 && !settings.truncated();
        int count = whole
                ? 1
                : settings.batch() / Math.min(settings.batch(), first.spec().batch());
        try {
            requireFit(first.spec(), count, whole, settings);
        } catch (IllegalArgumentException e) {
            first.close();
            throw e;
        }
        for (int i = 1; i < count; i++) {
            programs.add(model.newProgram(ProgramKind.TRAINING, parameters));
        }
        this.window = whole ? null : new WindowBuffer(first, settings.steps(), settings.batch(), parameters);
        this.workers = new Workers(Math.max(1, Math.min(count, settings.loop().threads())));
        this.gradients = programs.stream().map(Program::gradients).toArray(MemorySegment[]::new);
        this.extent = new GradientExtent(parameters.spec(), first.spec());
        this.mean = count == 1
                ? gradients[0]
                : Arena.ofAuto().allocate(Math.max(64, first.gradients().byteSize()), 64);
        this.weights = new double[count];
        this.targets = new int[settings.batch()];
        this.keepsStates = settings.stateful() || settings.truncated();
        this.before = new StateStore(programs);
        this.stale = new boolean[count];
        parametersChanged();
    }

    private static void requireFit(ProgramSpec program, int count, boolean whole, TrainSettings settings) {
        boolean fits = program.batch() * count == settings.batch() && program.steps() >= settings.pieceSteps();
        if (!whole && !fits) {
            throw new IllegalArgumentException(
                    ("the training program takes %d rows over up to %d steps, but batches have"
                                    + " %d rows in equal shards and are run over %d steps; compile the model with these settings")
                            .formatted(program.batch(), program.steps(), settings.batch(), settings.pieceSteps()));
        }
        if (settings.loop().threads() > 1 && count == 1) {
            throw new IllegalArgumentException(
                    ("the training program takes the whole batch of %d rows, so %d threads have"
                                    + " nothing to share; compile the model with 'threads' in its settings and a batch that 2 or 3"
                                    + " divides")
                            .formatted(settings.batch(), settings.loop().threads()));
        }
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
            perStep = false;
            Arrays.fill(targets, 0);
            targets[0] = Math.toIntExact(source.elements(index));
            return length;
        }
        int length = source.load(index, window);
        perStep = window.targets(targets, length);
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
     * @return whether there was anything to run: a piece without targets is left out
     */
    boolean run(Pieces.Piece piece, long masks, long settingsSeed) {
        from = piece.from();
        steps = piece.steps();
        seed = CounterRandom.bits(settingsSeed, DROPOUT, masks);
        if (window != null && !weigh()) {
            return false;
        }
        if (keepsStates) {
            before.save();
        }
        workers.run(programs.size(), runShard);
        if (programs.size() == 1) {
            loss = programs.getFirst().loss();
            extend();
            return true;
        }
        loss = 0;
        for (int i = 0; i < weights.length; i++) {
            loss += weights[i] == 0 ? 0 : weights[i] * programs.get(i).loss();
        }
        extent.zeroRows(mean);
        extend();
        workers.run(programs.size(), reducePart);
        return true;
    }

    /** Finds where the gradient may differ from zero: where one of a shard may that has targets. */
    private void extend() {
        extent.clear();
        for (int i = 0; i < programs.size(); i++) {
            if (window == null || weights[i] != 0) {
                extent.add(programs.get(i));
            }
        }
        extent.ranges();
    }

    /** The number of targets of the last steps of a piece: of as many as the piece has, or only its fresh ones. */
    long targets(Pieces.Piece piece, int last) {
        long all = 0;
        for (int row = 0; row < targets.length; row++) {
            all += targets(row, piece.end() - last, last);
        }
        return all;
    }

    private int targets(int row, int start, int count) {
        return perStep ? Math.max(0, Math.min(count, targets[row] - start)) : targets[row];
    }

    /** Finds the weights of the shards in this piece; returns whether it has targets at all. */
    private boolean weigh() {
        int rows = programs.getFirst().spec().batch();
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

    private void runShard(int shard) {
        Program program = programs.get(shard);
        if (window != null) {
            if (weights[shard] == 0) {
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

    private void reducePart(int part) {
        Precision precision = parameters.spec().precision();
        long line = precision.elementsPerLine();
        long lines = extent.size() / line;
        long from = lines * part / programs.size() * line;
        long to = part == programs.size() - 1 ? extent.size() : lines * (part + 1) / programs.size() * line;
        for (int i = 0; i < extent.ranges(); i++) {
            GradientMean.weighted(mean, gradients, weights, precision, extent.start(i, from), extent.start(i, to));
        }
    }

    /** Has every program take over the parameters before its next run, which is when its thread is awake anyway. */
    void parametersChanged() {
        Arrays.fill(stale, true);
    }

    /** The loss of the last run. */
    double loss() {
        return loss;
    }

    /** The gradient of the last run's loss; may be changed. */
    MemorySegment gradients() {
        return mean;
    }

    /** Where {@link #gradients} may differ from zero; valid until the next run. */
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
        if (window != null) {
            window.close();
        }
    }
}
