package dev.rnnc.runtime.metrics;

import java.util.List;

/** One measure of how well outputs meet targets, gathered over batches. For one thread. */
public interface Metric {
    /** Takes a batch into account. */
    void add(Outcomes outcomes);

    /** The figures of all batches since the last {@link #reset}; NaN where nothing counted. */
    List<Figure> figures();

    /** Forgets all batches. */
    void reset();
}
