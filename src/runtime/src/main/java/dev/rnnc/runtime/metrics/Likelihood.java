package dev.rnnc.runtime.metrics;

import dev.rnnc.runtime.metrics.Figure.Unit;
import java.util.List;

/** The mean logarithm of the probability that the softmax of the scores gives to the true class. */
final class Likelihood implements Metric {
    private final boolean bits;
    private double sum;
    private long rows;

    /** @param bits whether to tell bits for each symbol, {@code -log2 p}, rather than the perplexity, {@code e^-log p} */
    Likelihood(boolean bits) {
        this.bits = bits;
    }

    @Override
    public void add(Outcomes outcomes) {
        outcomes.forEachRow((_, _, row) -> {
            sum -= outcomes.logProbability(row, outcomes.token(row));
            rows++;
        });
    }

    @Override
    public List<Figure> figures() {
        double nats = rows == 0 ? Double.NaN : sum / rows;
        return List.of(
                bits
                        ? new Figure.Number("bits", nats / StrictMath.log(2), Unit.BITS)
                        : new Figure.Number("perplexity", StrictMath.exp(nats), Unit.NUMBER));
    }

    @Override
    public void reset() {
        sum = 0;
        rows = 0;
    }
}
