package dev.rnnc.runtime.train;

import dev.rnnc.runtime.spec.ScheduleSpec;
import java.util.List;
import java.util.Map;

/** The learning rate of each update: the optimiser's rate times the factors of all schedules. */
final class LearningRate {
    /** A loss counts as better if it is less by this share, as in torch's ReduceLROnPlateau. */
    private static final double THRESHOLD = 1e-4;

    private final double base;
    private final List<ScheduleSpec> schedules;
    private double plateauFactor = 1;
    private double plateauBest = Double.POSITIVE_INFINITY;
    private int plateauEpochs;
    private double lowered = 1;

    LearningRate(double base, List<ScheduleSpec> schedules) {
        this.base = base;
        this.schedules = schedules;
    }

    /** Whether the optimiser's own rate stays as it is. */
    boolean constant() {
        return schedules.isEmpty() && lowered == 1;
    }

    /** The rate of an update. @param update counted from 1 over the whole training */
    double at(int epoch, long update) {
        double rate = base * lowered;
        for (ScheduleSpec schedule : schedules) {
            rate *= factor(schedule, epoch, update);
        }
        return rate;
    }

    private double factor(ScheduleSpec schedule, int epoch, long update) {
        return switch (schedule) {
            case ScheduleSpec.Step step -> StrictMath.pow(step.factor(), (epoch - 1) / step.every());
            case ScheduleSpec.Exponential exponential -> StrictMath.pow(exponential.factor(), epoch - 1.0);
            case ScheduleSpec.Cosine cosine -> {
                double least = base == 0 ? 0 : cosine.least() / base;
                double way = Math.min(1, (epoch - 1.0) / cosine.epochs());
                yield least + (1 - least) * (1 + StrictMath.cos(Math.PI * way)) / 2;
            }
            case ScheduleSpec.Warmup warmup -> Math.min(1, (double) update / warmup.steps());
            case ScheduleSpec.Plateau _ -> plateauFactor;
            case ScheduleSpec.Zaremba zaremba -> StrictMath.pow(zaremba.factor(), Math.max(0, epoch - zaremba.after()));
        };
    }

    /** Takes note of an epoch's loss. */
    void epochEnded(double loss) {
        for (ScheduleSpec schedule : schedules) {
            if (schedule instanceof ScheduleSpec.Plateau plateau) {
                // Torch's relative threshold; a negative loss must fall by a share of its size.
                if (loss < plateauBest - THRESHOLD * Math.abs(plateauBest) || Double.isInfinite(plateauBest)) {
                    plateauBest = loss;
                    plateauEpochs = 0;
                } else if (++plateauEpochs > plateau.patience()) {
                    plateauFactor *= plateau.factor();
                    plateauEpochs = 0;
                }
            }
        }
    }

    /** Halves the rate for good. */
    void halve() {
        lowered /= 2;
    }

    void save(Map<String, String> to) {
        to.put("rate.plateau.factor", Double.toString(plateauFactor));
        to.put("rate.plateau.best", Double.toString(plateauBest));
        to.put("rate.plateau.epochs", Integer.toString(plateauEpochs));
        to.put("rate.lowered", Double.toString(lowered));
    }

    void load(Map<String, String> from) {
        plateauFactor = Double.parseDouble(from.get("rate.plateau.factor"));
        plateauBest = Double.parseDouble(from.get("rate.plateau.best"));
        plateauEpochs = Integer.parseInt(from.get("rate.plateau.epochs"));
        lowered = Double.parseDouble(from.get("rate.lowered"));
    }
}
