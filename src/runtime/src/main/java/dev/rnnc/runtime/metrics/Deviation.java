package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.metrics.Figure.Unit;
import java.util.List;

/** How far numbers are from their targets: the mean distance, or the root of the mean of its square, over all elements. */
final class Deviation implements Metric {
    private final boolean squared;
    private double sum;
    private long elements;

    /** @param squared whether to tell the root mean square (RMSE) rather than the mean distance (MAE) */
    Deviation(boolean squared) {
        this.squared = squared;
    }

    @Override
    public void add(Outcomes outcomes) {
        outcomes.forEachRow((_, _, row) -> {
            for (int i = row * outcomes.width(); i < (row + 1) * outcomes.width(); i++) {
                double distance = Math.abs(outcomes.outputs()[i] - outcomes.targets()[i]);
                sum += squared ? distance * distance : distance;
                elements++;
            }
        });
    }

    @Override
    public List<Figure> figures() {
        double mean = elements == 0 ? Double.NaN : sum / elements;
        return List.of(
                squared
                        ? new Figure.Number("rmse", Math.sqrt(mean), Unit.TARGET)
                        : new Figure.Number("mae", mean, Unit.TARGET));
    }

    @Override
    public void reset() {
        sum = 0;
        elements = 0;
    }
}
