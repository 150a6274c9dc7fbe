package dev.rnnc.bench.compare;

import dev.rnnc.bench.engine.Engine;
import dev.rnnc.bench.engine.Engines;
import dev.rnnc.bench.engine.GeneratedCode;
import dev.rnnc.runtime.probe.PairedTimer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import joptsimple.OptionException;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/**
 * Compares generated code with other engines: each row of {@link Rows}, all engines in one process, a short block of each
 * in turn.
 */
public final class Compare {
    private final OptionParser parser = new OptionParser();
    private final OptionSpec<String> rows = parser.accepts("rows", "Only rows whose names match this pattern")
            .withRequiredArg()
            .defaultsTo(".*");
    private final OptionSpec<String> engines = parser.accepts("engines", "Only these engines beside generated code")
            .withRequiredArg()
            .withValuesSeparatedBy(',');
    private final OptionSpec<Integer> blocks = parser.accepts("blocks", "Blocks of each engine")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(30);
    private final OptionSpec<Double> blockSeconds = parser.accepts("block-seconds", "Least duration of a block")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(0.05);
    private final OptionSpec<Double> warmSeconds = parser.accepts("warm-seconds", "Warm-up of each engine in each row")
            .withRequiredArg()
            .ofType(Double.class)
            .defaultsTo(3.0);
    private final OptionSpec<Void> fork =
            parser.accepts("fork", "Measure each row in a process of its own, as a program runs that has one model");
    private final OptionSpec<String> json =
            parser.accepts("json", "Write all readings to this file").withRequiredArg();
    private final OptionSpec<String> markdown =
            parser.accepts("markdown", "Write tables to this file").withRequiredArg();
    private final OptionSpec<String> chart = parser.accepts("chart", "Draw the ratios into this .svg or .png file")
            .withRequiredArg();
    private final OptionSpec<Void> list = parser.accepts("list", "Print rows and engines, and measure nothing");
    private final OptionSpec<Void> help = parser.accepts("help", "Print this").forHelp();

    private Compare() {}

    /** Runs the comparison; exit code 2 for wrong usage, 1 if a row could not be measured or a file not be written. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("java.awt.headless", "true");
        int code = new Compare().run(arguments, System.out, System.err);
        System.out.flush();
        // Peers leave threads behind.
        System.exit(code);
    }

    /** The same within a process. */
    static int run(PrintStream out, PrintStream err, String... arguments) throws IOException {
        return new Compare().run(arguments, out, err);
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
            if (options.has(chart) && !ChartFile.isChart(Path.of(options.valueOf(chart)))) {
                throw new IllegalArgumentException("--chart " + options.valueOf(chart) + ": name a .svg or .png file");
            }
            List<Row> selected = selected(options.valueOf(rows));
            List<Engine> contenders = contenders(options);
            PairedTimer timer = new PairedTimer(
                    options.valueOf(blocks), options.valueOf(blockSeconds), options.valueOf(warmSeconds));
            if (options.has(list)) {
                selected.forEach(row -> out.println(row.name()));
                out.println("engines: " + contenders.stream().map(Engine::name).toList());
                return 0;
            }
            Comparison comparison = new Comparison(contenders, timer);
            return measure(
                    options, selected, options.has(fork) ? forked(options)::measure : comparison::measure, out, err);
        } catch (OptionException | IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + " (--help lists the options)");
            return 2;
        }
    }

    /** Measures a row. */
    private interface Measurement {
        Result of(Row row) throws IOException;
    }

    /** The same comparison of single rows. */
    private RowProcess forked(OptionSet options) {
        List<String> same = new ArrayList<>(List.of(
                "--blocks", String.valueOf(options.valueOf(blocks)),
                "--block-seconds", String.valueOf(options.valueOf(blockSeconds)),
                "--warm-seconds", String.valueOf(options.valueOf(warmSeconds))));
        if (options.has(engines)) {
            same.addAll(List.of("--engines", String.join(",", options.valuesOf(engines))));
        }
        return new RowProcess(same);
    }

    private int measure(
            OptionSet options, List<Row> selected, Measurement measurement, PrintStream out, PrintStream err)
            throws IOException {
        Machine machine = Machine.here();
        out.println(machine.line());
        List<Result> results = new ArrayList<>();
        for (Row row : selected) {
            Result result = measurement.of(row);
            results.add(result);
            out.println();
            out.print(TextReport.of(result, machine.probe()));
            out.flush();
            // After every row, so that an interrupted run leaves what it has.
            if (options.has(json)) {
                JsonReport.write(Path.of(options.valueOf(json)), machine, results);
            }
        }
        if (options.has(markdown)) {
            Files.writeString(Path.of(options.valueOf(markdown)), MarkdownReport.of(machine, results));
        }
        if (options.has(chart)) {
            RatioChart.write(Path.of(options.valueOf(chart)), results);
        }
        boolean failed = results.stream().anyMatch(result -> !result.failures().isEmpty());
        if (failed) {
            err.println("some engines or rows could not be measured; see above");
        }
        return failed ? 1 : 0;
    }

    private static List<Row> selected(String pattern) {
        Pattern names;
        try {
            names = Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--rows " + pattern + " is not a regular expression", e);
        }
        List<Row> selected = Rows.all().stream()
                .filter(row -> names.matcher(row.name()).find())
                .toList();
        if (selected.isEmpty()) {
            throw new IllegalArgumentException("--rows " + pattern + ": no row has such a name; --list shows them");
        }
        return selected;
    }

    private List<Engine> contenders(OptionSet options) {
        if (!options.has(engines)) {
            return Engines.all();
        }
        List<Engine> contenders = new ArrayList<>(List.of(GeneratedCode.widest()));
        options.valuesOf(engines).stream()
                .filter(name -> !name.equals(GeneratedCode.NAME))
                .forEach(name -> contenders.add(Engines.named(name)));
        return contenders;
    }
}
