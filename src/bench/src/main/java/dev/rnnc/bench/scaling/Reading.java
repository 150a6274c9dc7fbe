package dev.rnnc.bench.scaling;

import dev.rnnc.runtime.probe.Readings;
import java.util.List;
import java.util.Locale;

/**
 * What was read at one point.
 *
 * @param point the place
 * @param flops FLOP of one call
 * @param readings of one call
 * @param predictedBytes memory of the program as {@code rnnc explain} counts it
 * @param measuredBytes memory that the process took for it
 */
record Reading(Axis.Point point, double flops, Readings readings, double predictedBytes, double measuredBytes) {
    static final String HEADER = "axis,value,workload,flop,median_us,quartile_low_us,quartile_high_us,us_per_step,"
            + "gigaflops,cost_beside_neighbour,predicted_bytes,measured_bytes,memory_ratio";

    /** A line of the CSV file; {@code all} are the readings among which neighbours are found. */
    String csv(List<Reading> all) {
        return String.format(
                Locale.ROOT,
                "%s,%d,%s,%.0f,%.4g,%.4g,%.4g,%.4g,%.4g,%.3f,%.0f,%.0f,%.3f",
                point.axis().label(),
                point.value(),
                point.workload().name(),
                flops,
                readings.median() / 1e3,
                readings.quantile(0.25) / 1e3,
                readings.quantile(0.75) / 1e3,
                microsPerStep(),
                flops / readings.median(),
                costBesideNeighbour(all),
                predictedBytes,
                measuredBytes,
                measuredBytes / predictedBytes);
    }

    /** Time of one time step in microseconds. */
    double microsPerStep() {
        return readings.median() / 1e3 / point.workload().steps();
    }

    /** Time of one FLOP over that of the nearest round size of the same work; a cliff is a place where it is large. */
    double costBesideNeighbour(List<Reading> all) {
        Reading nearest = this;
        int distance = Integer.MAX_VALUE;
        for (Reading other : all) {
            boolean same = other.point.axis() == point.axis()
                    && other.point.workload().work() == point.workload().work();
            int apart = Math.abs(other.point.value() - point.value());
            if (same && other.point.round() && apart < distance) {
                nearest = other;
                distance = apart;
            }
        }
        return readings.median() / flops / (nearest.readings.median() / nearest.flops);
    }
}
