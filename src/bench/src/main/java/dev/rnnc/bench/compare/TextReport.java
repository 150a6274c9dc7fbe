package dev.rnnc.bench.compare;

import dev.rnnc.runtime.probe.MachineProbe;
import dev.rnnc.runtime.probe.Readings;
import java.util.Map;

/** A row as text, written as soon as it is measured. */
final class TextReport {
    private TextReport() {}

    static String of(Result result, MachineProbe probe) {
        StringBuilder text = new StringBuilder(result.row().name()).append('\n');
        for (Map.Entry<String, Readings> entry : result.readings().entrySet()) {
            String engine = entry.getKey();
            Readings readings = entry.getValue();
            text.append("  %-14s %12s  spread %4.1f %%"
                    .formatted(engine, Figures.time(readings.median()), 100 * readings.spread()));
            if (result.measured()) {
                text.append("  ratio %6.2f".formatted(result.ratio(engine)));
                Double target = result.row().targets().get(engine);
                if (target != null) {
                    text.append("  aim %-5s %s"
                            .formatted(Figures.factor(target), result.ratio(engine) >= target ? "met" : "missed"));
                }
            }
            text.append("  off by %.1e\n".formatted(result.differences().get(engine)));
        }
        if (result.measured()) {
            text.append("  ours: %.1f GFLOP/s, %.0f %% of the FMA rate"
                    .formatted(result.gigaflops(), 100 * result.gigaflops() / probe.gigaflops()));
            if (result.row().workload().batch() == 1) {
                double bandwidth = result.weightBytes()
                        * result.row().workload().steps()
                        / result.ours().median();
                text.append("; %.1f GB/s of weights, %.0f %% of the L2 rate"
                        .formatted(bandwidth, 100 * bandwidth / probe.l2Bandwidth()));
            }
            text.append('\n');
        }
        result.failures()
                .forEach(failure ->
                        text.append("  not measured: ").append(failure).append('\n'));
        return text.toString();
    }
}
