package dev.rnnc.runtime.train;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.NonFinite;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trains on one window: gradients of its pieces, summed up as far as they make one update, and the updates. */
final class GradientStep {
    private final ModelSpec spec;
    private final Parameters parameters;
    private final TrainSettings settings;
    private final Shards shards;
    private final Pieces pieces;
    private final Optimizer optimizer;
    private final LearningRate rate;
    private final Progress progress;
    private final TrainingListener listener;
    private final NonFiniteWitness witness;
    /** The parameters before the update that is being made. */
    private final Parameters before;
    /** The mean gradient of what is pending; null where each run makes an update. */
    private final MemorySegment pending;
    /** Where that may differ from zero. */
    private final GradientExtent pendingExtent;
    /** All elements, which the first update goes through: nobody has looked at the others' values before. */
    private final GradientExtent everything;

    private boolean updated;
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
        this.parameters = parameters;
        this.settings = settings;
        this.shards = shards;
        this.pieces = new Pieces(settings);
        this.optimizer = optimizer;
        this.rate = rate;
        this.progress = progress;
        this.listener = listener;
        this.witness = witness;
        this.before = new Parameters(spec);
        int every = settings.loop().updateEvery();
        boolean sums = settings.loop().accumulate() > 1
                || settings.truncated() && settings.loop().backpropagate() < every;
        this.pending = sums
                ? Arena.ofAuto()
                        .allocate(
                                Math.max(
                                        64,
                                        spec.parameterElements()
                                                * spec.precision().bytes()),
                                64)
                : null;
        this.pendingExtent =
                new GradientExtent(spec, shards.programs().getFirst().spec());
        this.everything = new GradientExtent(spec);
        this.borders = new StateStore[pieces.overlap() ? settings.loop().backpropagate() / every + 2 : 0];
        for (int i = 0; i < borders.length; i++) {
            borders[i] = shards.newStateStore();
        }
    }

    /** The gradient that is summed up for the update to come; null where there never is one. */
    MemorySegment pending() {
        return pending;
    }

    /**
     * Trains on a window.
     *
     * @param step its number in the epoch, from 1
     * @param last whether it is the epoch's last, so that what is summed up makes an update
     * @return its mean loss
     * @throws NonFiniteException at the first loss, gradient or parameter that is not finite; the parameters are then
     *     those from before that update
     */
    double train(BatchSource source, int window, int step, boolean last) {
        int steps = shards.load(source, window);
        if (!settings.stateful() || source.startsSequence(window)) {
            shards.resetStates();
        }
        if (borders.length > 0) {
            border(0).save();
        }
        double lossSum = 0;
        long targets = 0;
        List<Pieces.Piece> cut = pieces.of(steps);
        for (int i = 0; i < cut.size(); i++) {
            Pieces.Piece piece = cut.get(i);
            if (borders.length > 0) {
                border(piece.from()).restore();
            }
            if (shards.run(piece, progress.runs++, settings.seed())) {
                requireFinite(piece, step, window);
                listener.gradientsReady(shards.programs(), progress.epoch, step);
                add(shards.targets(piece, piece.steps()));
                long fresh = shards.targets(piece, piece.fresh());
                lossSum += shards.loss() * fresh;
                targets += fresh;
            }
            if (borders.length > 0) {
                border(piece.end()).save();
            }
            if (piece.update()) {
                progress.pending++;
                boolean end = last && i == cut.size() - 1;
                if (progress.pendingTargets > 0
                        && (end || progress.pending >= settings.loop().accumulate())) {
                    update(step, window);
                }
            }
        }
        return cut.size() == 1 ? shards.loss() : lossSum / Math.max(1, targets);
    }

    /** The states at a step where an update was made; the last step of a window may be none, and is not asked for. */
    private StateStore border(int step) {
        int every = settings.loop().updateEvery();
        return borders[(step + every - 1) / every % borders.length];
    }

    private void add(long targets) {
        if (pending != null) {
            MemorySegment gradients = shards.gradients();
            if (progress.pendingTargets == 0) {
                pendingExtent.zeroRows(pending);
                pendingExtent.clear();
                pendingExtent.add(shards.extent());
                pendingExtent.copy(gradients, pending);
            } else {
                pendingExtent.add(shards.extent());
                double all = progress.pendingTargets + targets;
                for (int i = 0; i < pendingExtent.ranges(); i++) {
                    GradientMean.add(
                            pending,
                            progress.pendingTargets / all,
                            gradients,
                            targets / all,
                            spec.precision(),
                            pendingExtent.start(i),
                            pendingExtent.end(i));
                }
            }
        }
        progress.pendingTargets += Math.max(1, targets);
    }

    private void update(int step, int window) {
        MemorySegment gradients = pending == null ? shards.gradients() : pending;
        GradientExtent extent = pending == null ? shards.extent() : pendingExtent;
        if (settings.loop().l1() > 0) {
            GradientMean.addSigns(
                    gradients,
                    parameters.data(),
                    settings.loop().l1(),
                    spec.precision(),
                    Math.toIntExact(spec.parameterElements()));
            extent.everything();
        }
        double norm = GradientClip.norm(gradients, spec, extent);
        if (GradientClip.limits(settings.clip(), gradients, spec, extent, norm)) {
            progress.clipped++;
            GradientClip.apply(settings.clip(), gradients, spec, extent, norm);
        }
        progress.norm = norm;
        progress.normSum += norm;
        progress.updates++;
        progress.pending = 0;
        progress.pendingTargets = 0;
        GradientExtent changed = updated && optimizer.leavesZeros() ? extent : everything;
        changed.copy(parameters.data(), before.data());
        if (!rate.constant()) {
            optimizer.rate(rate.at(progress.epoch, optimizer.steps() + 1));
        }
        optimizer.step(parameters, gradients, extent);
        if (settings.loop().l1() > 0) {
            // Programs zero no more than the rows they touched.
            extent.zeroRows(gradients);
        }
        if (!NonFinite.none(parameters.data(), spec, changed)) {
            String element = parameters.firstNonFinite().map(Object::toString).orElse("array's padding");
            changed.copy(before.data(), parameters.data());
            throw new NonFiniteException(progress.epoch, step, window, "the update made the parameter " + element);
        }
        updated = true;
        shards.parametersChanged();
    }

    private void requireFinite(Pieces.Piece piece, int step, int window) {
        double loss = shards.loss();
        if (Double.isFinite(loss) && NonFinite.none(shards.gradients(), spec, shards.extent())) {
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
