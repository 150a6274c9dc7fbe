package dev.rnnc.runtime.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where training stands, apart from parameters and states: everything a checkpoint must know in numbers. */
final class Progress {
    /** The epoch that is being made, counted from 1. */
    int epoch = 1;
    /** Its windows that were visited. */
    int step;
    /** Runs of programs so far, each with dropout masks of its own. */
    long runs;

    /** The loss of the epoch so far. */
    LossSum loss = new LossSum();

    long elements;
    double normSum;
    int updates;
    int clipped;
    double seconds;
    /** Norm of the gradients of the last update, before clipping. */
    double norm = Double.NaN;

    /** Updates-to-be whose gradients are summed up already, in how many runs, and what their mean is divided by. */
    int pending;

    int pendingRuns;
    double pendingCount;
    /** What the parts of the loss are divided by in all runs that make the next update, where programs must be told. */
    double[] totals = {};

    double bestLoss = Double.POSITIVE_INFINITY;
    int bestEpoch;
    int rollbacks;
    /** Windows that were left out one after another. */
    int lostInRow;

    final List<EpochResult> results = new ArrayList<>();

    /** Forgets the sums of the epoch that ended. */
    void nextEpoch() {
        epoch++;
        step = 0;
        loss = new LossSum();
        elements = 0;
        normSum = 0;
        updates = 0;
        clipped = 0;
        seconds = 0;
    }

    void save(Map<String, String> to) {
        to.put("epoch", Integer.toString(epoch));
        to.put("step", Integer.toString(step));
        to.put("runs", Long.toString(runs));
        to.put("sum.loss", loss.text());
        to.put("sum.elements", Long.toString(elements));
        to.put("sum.norm", Double.toString(normSum));
        to.put("sum.updates", Integer.toString(updates));
        to.put("sum.clipped", Integer.toString(clipped));
        to.put("sum.seconds", Double.toString(seconds));
        to.put("norm", Double.toString(norm));
        to.put("pending", Integer.toString(pending));
        to.put("pending.runs", Integer.toString(pendingRuns));
        to.put("pending.count", Double.toString(pendingCount));
        to.put("pending.totals", LossSum.numbers(totals));
        to.put("best.loss", Double.toString(bestLoss));
        to.put("best.epoch", Integer.toString(bestEpoch));
        to.put("rollbacks", Integer.toString(rollbacks));
        to.put("lost", Integer.toString(lostInRow));
        StringBuilder epochs = new StringBuilder();
        for (EpochResult r : results) {
            epochs.append(epochs.isEmpty() ? "" : ";")
                    .append(r.epoch())
                    .append(',')
                    .append(r.trainLoss())
                    .append(',')
                    .append(r.validationLoss())
                    .append(',')
                    .append(r.clipRate())
                    .append(',')
                    .append(r.gradientNorm())
                    .append(',')
                    .append(r.seconds())
                    .append(',')
                    .append(r.elementsPerSecond());
        }
        to.put("epochs", epochs.toString());
    }

    void load(Map<String, String> from) {
        epoch = Integer.parseInt(from.get("epoch"));
        step = Integer.parseInt(from.get("step"));
        runs = Long.parseLong(from.get("runs"));
        loss = LossSum.parse(from.get("sum.loss"));
        elements = Long.parseLong(from.get("sum.elements"));
        normSum = Double.parseDouble(from.get("sum.norm"));
        updates = Integer.parseInt(from.get("sum.updates"));
        clipped = Integer.parseInt(from.get("sum.clipped"));
        seconds = Double.parseDouble(from.get("sum.seconds"));
        norm = Double.parseDouble(from.get("norm"));
        pending = Integer.parseInt(from.get("pending"));
        pendingRuns = Integer.parseInt(from.get("pending.runs"));
        pendingCount = Double.parseDouble(from.get("pending.count"));
        totals = LossSum.numbers(from.get("pending.totals"));
        bestLoss = Double.parseDouble(from.get("best.loss"));
        bestEpoch = Integer.parseInt(from.get("best.epoch"));
        rollbacks = Integer.parseInt(from.get("rollbacks"));
        lostInRow = Integer.parseInt(from.get("lost"));
        results.clear();
        results.addAll(epochs(from));
    }

    /** The complete epochs of a checkpoint. */
    static List<EpochResult> epochs(Map<String, String> values) {
        List<EpochResult> results = new ArrayList<>();
        for (String epoch : values.getOrDefault("epochs", "").split(";")) {
            if (!epoch.isEmpty()) {
                String[] n = epoch.split(",");
                results.add(new EpochResult(
                        Integer.parseInt(n[0]),
                        Double.parseDouble(n[1]),
                        Double.parseDouble(n[2]),
                        Double.parseDouble(n[3]),
                        Double.parseDouble(n[4]),
                        Double.parseDouble(n[5]),
                        Double.parseDouble(n[6])));
            }
        }
        return results;
    }
}
