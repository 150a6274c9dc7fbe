package dev.rnnc.runtime.train;

import dev.rnnc.runtime.GradientExtent;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.optimizer.GradientClip;
import dev.rnnc.runtime.optimizer.Optimizer;
import dev.rnnc.runtime.spec.LoopSettings;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The updates of a training whose batches a program chooses itself, one after the other: what {@link Trainer} does with
 * the gradients of a window. They are summed up as {@code accumulate} says, {@code l1} is added, they are clipped, and the
 * optimiser makes a step at the rate of the schedules.
 */
public final class BatchUpdates {
    private final Parameters parameters;
    private final ModelSpec spec;
    private final TrainSettings settings;
    private final Optimizer optimizer;
    private final LearningRate rate;
    /** The mean gradient of what is gathered; null where each batch makes an update. */
    private final MemorySegment pending;

    private int gathered;
    private double weight;
    private int epoch = 1;
    private double norm = Double.NaN;

    /**
     * Updates of these parameters.
     *
     * @throws IllegalArgumentException if a setting is out of its range, or the settings ask for two numbers of truncation:
     *     batches are given one behind the other, so an error goes as far back as updates lie apart
     */
    public BatchUpdates(Parameters parameters, TrainSettings settings) {
        this.parameters = parameters;
        this.spec = parameters.spec();
        this.settings = settings;
        LoopSettings loop = settings.loop();
        if (settings.truncated() && loop.updateEvery() != loop.backpropagate()) {
            throw new IllegalArgumentException(
                    "'truncate %s %s': a session updates after each of its steps, so it takes 'truncate K' alone; Trainer takes both"
                            .formatted(loop.updateEvery(), loop.backpropagate()));
        }
        GradientClip.check(settings.clip());
        this.optimizer = Optimizer.create(settings.optimizer(), spec);
        this.rate = new LearningRate(settings.optimizer().rate(), loop.schedules());
        long bytes = Math.max(64, spec.parameterElements() * spec.precision().bytes());
        this.pending = loop.accumulate() > 1 ? Arena.ofAuto().allocate(bytes, 64) : null;
    }

    /** The optimiser, to change its rate, where no schedule does, or to save its state. */
    public Optimizer optimizer() {
        return optimizer;
    }

    /** Batches so far, as far as the optimiser's steps tell: the counter of dropout. */
    public long batches() {
        return optimizer.steps() * settings.loop().accumulate() + gathered;
    }

    /** The epoch, counted from 1. */
    public int epoch() {
        return epoch;
    }

    /** Norm of all gradients of the last update, before they were clipped; NaN before the first. */
    public double gradientNorm() {
        return norm;
    }

    /**
     * Takes the gradient of a batch.
     *
     * @param gradients laid out as {@link Parameters#data}; may be changed
     * @param extent where they may differ from zero; with {@code l1} it becomes everything
     * @param share how much it counts beside the others of an update: what its mean loss is divided by
     * @return whether that made an update
     */
    public boolean add(MemorySegment gradients, GradientExtent extent, double share) {
        return add(gradients, extent, share, false);
    }

    /**
     * Takes the gradient of a training program's last run. It counts as the loss says: in a mean by what that is divided by,
     * in a sum as it is.
     *
     * @param extent where the gradient may differ from zero; with {@code l1} it becomes everything
     * @return whether that made an update
     */
    public boolean add(Program program, GradientExtent extent) {
        LossParts parts = LossParts.of(program.spec());
        return switch (parts.form()) {
            case MEAN -> add(program.gradients(), extent, parts.count(program), false);
            case SUM -> add(program.gradients(), extent, 1, true);
            case SEVERAL, OTHER -> add(program.gradients(), extent, 1, false);
        };
    }

    /**
     * Refuses {@code accumulate} where the gradients of batches that come one after the other do not make that of all of
     * them.
     *
     * @throws UntrainableLossException if the program's loss is neither a mean over rows nor a sum
     */
    public void requireMergeable(Program program) {
        boolean merges = switch (LossParts.of(program.spec()).form()) {
            case MEAN, SUM -> true;
            case SEVERAL, OTHER -> false;
        };
        if (pending != null && !merges) {
            throw new UntrainableLossException(
                    ("'accumulate %s': the loss of model %s is divided by more than one number, or is no mean, so a session, which does"
                                    + " not know the batches to come, cannot put them together; leave 'accumulate' out and give larger"
                                    + " batches, or train a sum of means with Trainer")
                            .formatted(settings.loop().accumulate(), spec.name()));
        }
    }

    private boolean add(MemorySegment gradients, GradientExtent extent, double share, boolean addUp) {
        if (pending == null) {
            if (settings.loop().l1() > 0) {
                extent.everything();
            }
            update(gradients, extent);
            if (settings.loop().l1() > 0) {
                // Programs zero no more than the rows they touched.
                extent.zeroRows(gradients);
            }
            return true;
        }
        int elements = Math.toIntExact(spec.parameterElements());
        double all = weight + share;
        if (gathered == 0 || !addUp && weight == 0) {
            // A gradient of which nothing counts is zero.
            MemorySegment.copy(
                    gradients, 0, pending, 0, (long) elements * spec.precision().bytes());
        } else {
            double keep = addUp ? 1 : weight / all;
            GradientMean.add(pending, keep, gradients, addUp ? 1 : share / all, spec.precision(), 0, elements);
        }
        weight += share;
        gathered++;
        return gathered == settings.loop().accumulate() && flush();
    }

    /**
     * Makes an update of what is gathered, though it be fewer batches than the settings say.
     *
     * @return whether there was anything
     */
    public boolean flush() {
        if (gathered == 0) {
            return false;
        }
        gathered = 0;
        weight = 0;
        update(pending, new GradientExtent(spec));
        return true;
    }

    /**
     * Ends an epoch: schedules by epochs go on.
     *
     * @param loss that of the validation data, or else the mean of the epoch, which {@code plateau} looks at
     * @return whether batches that were left over made an update
     */
    public boolean epochEnded(double loss) {
        boolean updated = flush();
        rate.epochEnded(loss);
        epoch++;
        return updated;
    }

    private void update(MemorySegment gradients, GradientExtent extent) {
        if (settings.loop().l1() > 0) {
            GradientMean.addSigns(
                    gradients,
                    parameters.data(),
                    settings.loop().l1(),
                    spec.precision(),
                    0,
                    Math.toIntExact(spec.parameterElements()));
        }
        norm = GradientClip.norm(gradients, spec, extent);
        GradientClip.apply(settings.clip(), gradients, spec, extent, norm);
        if (!rate.constant()) {
            optimizer.rate(rate.at(epoch, optimizer.steps() + 1));
        }
        optimizer.step(parameters, gradients, extent);
    }
}
