package dev.rnnc.bench.compare;

import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.probe.MachineProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where figures come from.
 *
 * @param processor the processor's name
 * @param cores processors that the JVM sees
 * @param jdk version of the JDK
 * @param lanes vector lanes, in words
 * @param probe the limits of one thread
 * @param load tasks that ran or waited in the last minute, before anything was measured; negative if unknown
 */
public record Machine(String processor, int cores, String jdk, String lanes, MachineProbe probe, double load) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** This machine, now. */
    public static Machine here() {
        double load = java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                .getSystemLoadAverage();
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.version"),
                Lanes.description(),
                MachineProbe.measure(),
                load);
    }

    /** In a line. */
    public String line() {
        return "%s, %d cores, JDK %s, %s; one thread: %.0f GFLOP/s, %.0f GB/s from L2; load %.1f"
                .formatted(processor, cores, jdk, lanes, probe.gigaflops(), probe.l2Bandwidth(), load);
    }

    private static String processorName() {
        try {
            return Files.readAllLines(PROCESSORS).stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            // Not Linux: the architecture must do.
            return System.getProperty("os.arch");
        }
    }
}
