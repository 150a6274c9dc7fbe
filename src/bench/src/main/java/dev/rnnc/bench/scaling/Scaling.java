package dev.rnnc.bench.scaling;

import dev.rnnc.bench.compare.Figures;
import dev.rnnc.bench.compare.Machine;
import dev.rnnc.bench.engine.Agreement;
import dev.rnnc.bench.engine.GeneratedCode;
import dev.rnnc.bench.engine.Reference;
import dev.rnnc.bench.engine.Session;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Problem;
import dev.rnnc.runtime.probe.PairedTimer;
import dev.rnnc.runtime.probe.Readings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import joptsimple.OptionException;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/** Time per step and memory of generated code against units, sequences, time steps and layers, as CSV and charts. */
public final class Scaling {
    private final OptionParser parser = new OptionParser();
    private final OptionSpec<String> axes = parser.accepts("axes", "Which of hidden, batch, steps, layers")
            .withRequiredArg()
            .withValuesSeparatedBy(',')
            .defaultsTo("hidden", "batch", "steps", "layers");
    private final OptionSpec<String> cell = parser.accepts("cell", "lstm, gru, rnn, peephole, layernorm or minimal")
            .withRequiredArg()
            .defaultsTo("lstm");
    private final OptionSpec<Integer> largest = parser.accepts("largest", "Leave larger sizes out")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(1024);
    private final OptionSpec<Integer> blocks = parser.accepts("blocks", "Readings of each point")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(20);
    private final OptionSpec<Double> blockSeconds = parser.accepts("block-seconds", "Least duration of a reading")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(0.05);
    private final OptionSpec<Double> warmSeconds = parser.accepts("warm-seconds", "Warm-up of each point")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(2.0);
    private final OptionSpec<String> csv =
            parser.accepts("csv", "Write all readings to this file").withRequiredArg();
    private final OptionSpec<String> charts = parser.accepts("charts", "Draw a PNG for each axis into this folder")
            .withRequiredArg();
    private final OptionSpec<Void> help = parser.accepts("help", "Print this").forHelp();

    private Scaling() {}

    /** Runs the measurement; exit code 2 for wrong usage. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("java.awt.headless", "true");
        System.exit(run(System.out, System.err, arguments));
    }

    /** The same within a process. */
    static int run(PrintStream out, PrintStream err, String... arguments) throws IOException {
        return new Scaling().run(arguments, out, err);
    }

    private int run(String[] arguments, PrintStream out, PrintStream err) throws IOException {
        try {
            OptionSet options = parser.parse(arguments);
            if (!options.nonOptionArguments().isEmpty()) {
                throw new IllegalArgumentException("unexpected " + options.nonOptionArguments());
            }
            if (options.has(help)) {
                parser.printHelpOn(out);
                return 0;
            }
            Cell chosen = constant(Cell.values(), options.valueOf(cell), "--cell");
            List<Axis> along = options.valuesOf(axes).stream()
                    .map(name -> constant(Axis.values(), name, "--axes"))
                    .toList();
            PairedTimer timer = new PairedTimer(
                    options.valueOf(blocks), options.valueOf(blockSeconds), options.valueOf(warmSeconds));
            measure(options, along, chosen, timer, out);
            return 0;
        } catch (OptionException | IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + " (--help lists the options)");
            return 2;
        }
    }

    private void measure(OptionSet options, List<Axis> along, Cell chosen, PairedTimer timer, PrintStream out)
            throws IOException {
        out.println(Machine.here().line());
        List<Reading> all = new ArrayList<>();
        for (Axis axis : along) {
            for (Axis.Point point : axis.points(chosen, options.valueOf(largest))) {
                Reading reading = read(point, timer);
                all.add(reading);
                out.printf(
                        Locale.ROOT,
                        "%-34s %12s  %6.1f GFLOP/s  memory %.3f of what is predicted%n",
                        point.workload().name(),
                        Figures.time(reading.readings().median()),
                        reading.flops() / reading.readings().median(),
                        reading.measuredBytes() / reading.predictedBytes());
            }
            if (options.has(charts)) {
                Path folder = Files.createDirectories(Path.of(options.valueOf(charts)));
                ScalingChart.write(folder.resolve("scaling-" + axis.label() + ".png"), axis, all);
            }
        }
        if (options.has(csv)) {
            Files.write(
                    Path.of(options.valueOf(csv)),
                    Stream.concat(Stream.of(Reading.HEADER), all.stream().map(r -> r.csv(all)))
                            .toList());
        }
    }

    private static Reading read(Axis.Point point, PairedTimer timer) {
        Problem problem = Problem.of(point.workload());
        ProgramMemory memory = ProgramMemory.of(problem);
        try (Session session = GeneratedCode.widest().open(problem)) {
            Agreement.check(problem, GeneratedCode.NAME, session.answers(), Reference.answers(problem));
            Readings readings = timer.measure(List.of(session)).getFirst();
            return new Reading(point, problem.flops(), readings, memory.predicted(), memory.measured());
        }
    }

    private static <E extends Enum<E>> E constant(E[] values, String name, String option) {
        for (E value : values) {
            if (value.name().equalsIgnoreCase(name)) {
                return value;
            }
        }
        List<String> names =
                Stream.of(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList();
        throw new IllegalArgumentException(option + " " + name + ": give some of " + names);
    }
}
