package dev.rnnc.bench.compare;

import dev.rnnc.bench.workload.Workload;
import java.util.Map;

/**
 * One row of the comparison.
 *
 * @param group what the row is about; rows of one group stand in one table
 * @param workload what is measured
 * @param targets by engine, how many times its time over ours is aimed at
 */
record Row(String group, Workload workload, Map<String, Double> targets) {
    Row {
        targets = Map.copyOf(targets);
    }

    /** Its name in options and reports. */
    String name() {
        return workload.name();
    }
}
