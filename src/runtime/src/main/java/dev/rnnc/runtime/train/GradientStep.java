package dev.rnnc.runtime.train;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains on one window: gradients of its pieces, summed up as far as they make one update, and the updates. */
final class GradientStep {
    private final ModelSpec spec;
    private final TrainSettings settings;
    private final Shards shards;
    private final Pieces pieces;
    private final ParameterUpdate update;
    private final LearningRate rate;
    private final Progress progress;
    private final TrainingListener listener;
    private final NonFiniteWitness witness;
    /** The mean gradient of what is pending; null where each run makes an update. */
    private final PendingGradient pending;
    /** The states at the borders between updates, as far back as a piece may start; empty where none overlap. */
    private final StateStore[] borders;

    GradientStep(
            Parameters parameters,
            TrainSettings settings,
            Shards shards,
            Optimizer optimizer,
            LearningRate rate,
            Progress progress,
            TrainingListener listener,
            NonFiniteWitness witness) {
        this.spec = parameters.spec();
        this.settings = settings;
        this.shards = shards;
        this.pieces = new Pieces(settings);
        this.update = new ParameterUpdate(parameters, settings, optimizer, shards.workers());
        this.rate = rate;
        this.progress = progress;
        this.listener = listener;
        this.witness = witness;
        int every = settings.loop().updateEvery();
        boolean sums = ShardPrograms.sums(settings);
        GradientExtent extent =
                new GradientExtent(spec, shards.programs().getFirst().spec());
        this.pending = sums ? new PendingGradient(spec, extent, shards.workers()) : null;
        this.borders = new StateStore[pieces.overlap() ? settings.loop().backpropagate() / every + 2 : 0];
        for (int i = 0; i < borders.length; i++) {
            borders[i] = shards.newStateStore();
        }
    }

    /** The gradient that is summed up for the update to come; null where there never is one. */
    MemorySegment pending() {
        return pending == null ? null : pending.data();
    }

    /**
     * Trains on a window.
     *
     * @param order the windows of the epoch
     * @param place its place among them; after the last one what is summed up makes an update
     * @return its loss
     * @throws NonFiniteException at the first loss, gradient or parameter that is not finite; the parameters are then
     *     those from before that update
     */
    LossSum train(BatchSource source, int[] order, int place) {
        int window = order[place];
        int step = place + 1;
        boolean last = step == order.length;
        int steps = shards.load(source, window);
        if (!settings.stateful() || source.startsSequence(window)) {
            shards.resetStates();
        }
        if (borders.length > 0) {
            border(0).save();
        }
        LossSum loss = new LossSum();
        List<Pieces.Piece> cut = pieces.of(steps);
        for (int i = 0; i < cut.size(); i++) {
            Pieces.Piece piece = cut.get(i);
            if (borders.length > 0) {
                border(piece.from()).restore();
            }
            if (shards.counts()) {
                tellTotals(source, order, place, i);
            }
            if (shards.run(piece, progress.runs++, settings.seed())) {
                requireFinite(piece, step, window);
                listener.gradientsReady(shards.programs(), progress.epoch, step);
                add();
                long all = shards.targets(piece, piece.steps());
                double fresh = piece.fresh() == piece.steps() || all == 0
                        ? 1
                        : (double) shards.targets(piece, piece.fresh()) / all;
                shards.addTo(loss, fresh);
            }
            if (borders.length > 0) {
                border(piece.end()).save();
            }
            if (piece.update()) {
                progress.pending++;
                boolean end = last && i == cut.size() - 1;
                if (progress.pendingRuns > 0
                        && (end || progress.pending >= settings.loop().accumulate())) {
                    update(step, window);
                }
            }
        }
        return loss;
    }

    /** Tells the programs what the parts of the loss are divided by in all runs up to the next update. */
    private void tellTotals(BatchSource source, int[] order, int place, int piece) {
        if (progress.pendingRuns == 0) {
            progress.totals = count(source, order, place, piece);
        }
        shards.totals(progress.totals);
    }

    /** Goes through the runs from a piece on that will make one update, and comes back to its window. */
    private double[] count(BatchSource source, int[] order, int place, int piece) {
        double[] totals = {};
        int updates = progress.pending;
        int from = piece;
        for (int at = place; at < order.length; at++) {
            int steps = shards.load(source, order[at]);
            List<Pieces.Piece> cut = pieces.of(steps);
            for (int i = from; i < cut.size(); i++) {
                double[] counts = shards.counts(cut.get(i));
                if (counts != null) {
                    totals = totals.length == 0 ? counts : added(totals, counts);
                }
                updates += cut.get(i).update() ? 1 : 0;
                if (totals.length > 0
                        && cut.get(i).update()
                        && updates >= settings.loop().accumulate()) {
                    if (at != place) {
                        shards.load(source, order[place]);
                    }
                    return totals;
                }
            }
            from = 0;
        }
        shards.load(source, order[place]);
        return totals;
    }

    private static double[] added(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** The states at a step where an update was made; the last step of a window may be none, and is not asked for. */
    private StateStore border(int step) {
        int every = settings.loop().updateEvery();
        return borders[(step + every - 1) / every % borders.length];
    }

    private void add() {
        if (pending != null) {
            double count = shards.count();
            double all = progress.pendingCount + count;
            if (progress.pendingRuns == 0 || !shards.addUp() && progress.pendingCount == 0) {
                // A gradient of which nothing counts is zero.
                pending.set(shards.gradients(), shards.extent());
            } else if (shards.addUp()) {
                pending.add(1, shards.gradients(), shards.extent(), 1);
            } else {
                pending.add(progress.pendingCount / all, shards.gradients(), shards.extent(), count / all);
            }
            progress.pendingCount = all;
        }
        progress.pendingRuns++;
    }

    private void update(int step, int window) {
        if (pending == null) {
            update.measure(shards.gradients(), shards.extent());
        } else {
            update.measure(pending.data(), pending.extent());
        }
        if (update.clips()) {
            progress.clipped++;
        }
        double norm = update.norm();
        progress.norm = norm;
        progress.normSum += norm;
        progress.updates++;
        progress.pending = 0;
        progress.pendingRuns = 0;
        progress.pendingCount = 0;
        if (!rate.constant()) {
            update.rate(rate.at(progress.epoch, update.steps() + 1));
        }
        update.make().ifPresent(element -> {
            throw new NonFiniteException(progress.epoch, step, window, "the update made the parameter " + element);
        });
        shards.parametersChanged();
    }

    private void requireFinite(Pieces.Piece piece, int step, int window) {
        double loss = shards.loss();
        if (shards.finite()) {
            return;
        }
        // The gradient names the parameter next to the cause, the witness the cause itself.
        String gradient = NonFinite.first(shards.gradients(), spec)
                .map(element -> "the gradient " + element)
                .orElse("no parameter's gradient is to blame");
        String origin = origin(piece).map(text -> "; first came " + text).orElse("");
        throw new NonFiniteException(progress.epoch, step, window, "the loss is " + loss + " and " + gradient + origin);
    }

    /** Where the first value came from that is not finite: of all shards the one in which it came first. */
    private Optional<String> origin(Pieces.Piece piece) {
        NonFiniteWitness.Origin first = null;
        int firstShard = 0;
        for (int shard = 0; shard < shards.programs().size(); shard++) {
            Map<String, MemorySegment> states = shards.statesBefore() == null
                    ? Map.of()
                    : shards.statesBefore().states(shard);
            Optional<NonFiniteWitness.Origin> found =
                    witness.find(shards.programs().get(shard), piece.steps(), shards.seed(shard), states);
            if (found.isPresent() && (first == null || found.get().step() < first.step())) {
                first = found.get();
                firstShard = shard;
            }
        }
        if (first == null) {
            return Optional.empty();
        }
        int rows = shards.programs().getFirst().spec().batch();
        String time = first.step() < 0 ? "" : ", time step " + (piece.from() + first.step() + 1);
        String row = first.row() < 0 ? "" : ", row " + (firstShard * rows + first.row() + 1) + " of the batch";
        return Optional.of(first.place() + time + row);
    }
}
