package dev.rnnc.bench.unroll;

import dev.rnnc.bench.compare.Machine;
import dev.rnnc.runtime.probe.PairedTimer;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import joptsimple.OptionException;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/**
 * Time of a step for every way to unroll over time, beside the cost model's choice and the generic engine. By this
 * thread's processor time, so that other processes disturb little.
 */
public final class UnrollBench {
    /** How far the choice may be from the best and still count as good. */
    private static final double NEAR = 1.10;

    private final OptionParser parser = new OptionParser();
    private final OptionSpec<String> only =
            parser.accepts("only", "Only shapes whose name contains this").withRequiredArg();
    private final OptionSpec<Integer> lanes = parser.accepts("lanes", "Float lanes; this machine's by default")
            .withRequiredArg()
            .ofType(Integer.class);
    private final OptionSpec<Integer> blocks = parser.accepts("blocks", "Readings of each way")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(15);
    private final OptionSpec<Double> blockSeconds = parser.accepts("block-seconds", "Least duration of a reading")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(0.02);
    private final OptionSpec<Double> warmSeconds = parser.accepts("warm-seconds", "Warm-up of each way")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(1.0);
    private final OptionSpec<String> table =
            parser.accepts("table", "Write the table to this file, as Markdown").withRequiredArg();
    private final OptionSpec<Void> help = parser.accepts("help", "Print this").forHelp();

    private UnrollBench() {}

    /** Runs the measurement; exit code 2 for wrong usage. */
    public static void main(String[] arguments) throws IOException {
        System.exit(run(System.out, System.err, arguments));
    }

    /** The same within a process. */
    static int run(PrintStream out, PrintStream err, String... arguments) throws IOException {
        return new UnrollBench().run(arguments, out, err);
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
            measure(options, out);
            return 0;
        } catch (OptionException | IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + " (--help lists the options)");
            return 2;
        }
    }

    private void measure(OptionSet options, PrintStream out) throws IOException {
        List<Shape> shapes = Shape.ALL.stream()
                .filter(s -> !options.has(only) || s.name().contains(options.valueOf(only)))
                .toList();
        if (shapes.isEmpty()) {
            throw new IllegalArgumentException("no shape is called like '" + options.valueOf(only) + "': there are "
                    + Shape.ALL.stream().map(Shape::name).toList());
        }
        PairedTimer timer =
                new PairedTimer(options.valueOf(blocks), options.valueOf(blockSeconds), options.valueOf(warmSeconds));
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<String> lines = new ArrayList<>();
        show(Machine.here().line() + "\n", lines, out);
        show(Row.HEADER, lines, out);
        int near = 0;
        for (Shape shape : shapes) {
            Row row = Row.measure(
                    shape,
                    options.has(lanes) ? List.of(options.valueOf(lanes)) : List.of(),
                    timer,
                    threads::getCurrentThreadCpuTime);
            near += row.distance() <= NEAR ? 1 : 0;
            show(row.line(), lines, out);
        }
        String verdict = "\nThe choice is within %.0f %% of the best on %d of %d shapes.";
        show(verdict.formatted((NEAR - 1) * 100, near, shapes.size()), lines, out);
        if (options.has(table)) {
            Files.write(Path.of(options.valueOf(table)), lines);
        }
    }

    private static void show(String line, List<String> lines, PrintStream out) {
        lines.add(line);
        out.println(line);
    }
}
