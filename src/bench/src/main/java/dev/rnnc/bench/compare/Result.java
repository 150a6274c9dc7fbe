package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.GeneratedCode;
import dev.rnnc.runtime.probe.Readings;
import java.util.List;
import java.util.Map;

/**
 * What a row's measurement gave.
 *
 * @param row the row
 * @param flops FLOP of one call
 * @param weightBytes bytes of weights that one time step reads
 * @param readings of one call, by engine, ours first
 * @param differences from the reference, by engine
 * @param failures engines that could not be measured, and why
 */
record Result(
        Row row,
        double flops,
        double weightBytes,
        Map<String, Readings> readings,
        Map<String, Double> differences,
        List<String> failures) {
    Result {
        failures = List.copyOf(failures);
    }

    /** Whether generated code was measured, so that there are ratios. */
    boolean measured() {
        return readings.containsKey(GeneratedCode.NAME);
    }

    Readings ours() {
        return readings.get(GeneratedCode.NAME);
    }

    /** An engine's median over ours. */
    double ratio(String engine) {
        return readings.get(engine).median() / ours().median();
    }

    /** Ours, in 10^9 operations a second. */
    double gigaflops() {
        return flops / ours().median();
    }
}
