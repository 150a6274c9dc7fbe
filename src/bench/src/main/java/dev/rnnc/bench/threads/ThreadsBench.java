package dev.rnnc.bench.threads;

import dev.rnnc.bench.compare.Figures;
import dev.rnnc.bench.compare.Machine;
import dev.rnnc.bench.workload.Cell;
import dev.rnnc.bench.workload.Workload;
import dev.rnnc.runtime.probe.Readings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import joptsimple.OptionException;
import joptsimple.OptionParser;
import joptsimple.OptionSet;
import joptsimple.OptionSpec;

/**
 * Time of a training step and of a whole epoch with its validation for several numbers of threads, in turn in one process:
 * short epochs of each, so that what slows the machine down for a while hits them alike. All figures are medians over the
 * rounds, speed-ups of the ratio within a round. On a machine that others use only the fastest step of an epoch says much:
 * a step on all cores waits for whichever thread was interrupted.
 */
public final class ThreadsBench {
    private static final int LAYERS = 2;
    private static final int VOCABULARY = 96;
    private static final SequencedMap<String, ToDoubleFunction<SharedTraining.Epoch>> FIGURES = new LinkedHashMap<>();

    static {
        FIGURES.put("step", SharedTraining.Epoch::stepNanos);
        FIGURES.put("fastest step", SharedTraining.Epoch::fastestNanos);
        FIGURES.put("epoch", SharedTraining.Epoch::epochNanos);
    }

    private final OptionParser parser = new OptionParser();
    private final OptionSpec<Integer> threads = parser.accepts(
                    "threads", "Numbers of threads, the base of speed-ups first; 0 does not cut the batch")
            .withRequiredArg()
            .ofType(Integer.class)
            .withValuesSeparatedBy(',')
            .defaultsTo(1, 2, 0);
    private final OptionSpec<Integer> units = parser.accepts("units", "Units of each of the two LSTM layers")
            .withRequiredArg()
            .ofType(Integer.class)
            .withValuesSeparatedBy(',')
            .defaultsTo(128);
    private final OptionSpec<Integer> batch = parser.accepts("batch", "Rows")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(32);
    private final OptionSpec<Integer> steps = parser.accepts("steps", "Time steps of a window")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(64);
    private final OptionSpec<Integer> windows = parser.accepts("windows", "Training steps of an epoch, at least 2")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(36);
    private final OptionSpec<Integer> validation = parser.accepts("validation", "Validation windows of an epoch")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(4);
    private final OptionSpec<Integer> rounds = parser.accepts("rounds", "Epochs of each number of threads that count")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(15);
    private final OptionSpec<Integer> warm = parser.accepts("warm-rounds", "Epochs of each before those")
            .withRequiredArg()
            .ofType(Integer.class)
            .defaultsTo(5);
    private final OptionSpec<Void> help = parser.accepts("help", "Print this").forHelp();

    private ThreadsBench() {}

    /** Runs the measurement; exit code 2 for wrong usage, 1 where the bits depend on the number of threads. */
    public static void main(String[] arguments) throws Exception {
        System.exit(run(System.out, System.err, arguments));
    }

    /** The same within a process. */
    static int run(PrintStream out, PrintStream err, String... arguments) throws Exception {
        return new ThreadsBench().run(arguments, out, err);
    }

    private int run(String[] arguments, PrintStream out, PrintStream err) throws Exception {
        try {
            OptionSet options = parser.parse(arguments);
            if (!options.nonOptionArguments().isEmpty()) {
                throw new IllegalArgumentException("unexpected " + options.nonOptionArguments());
            }
            if (options.has(help)) {
                parser.printHelpOn(out);
                return 0;
            }
            if (options.valueOf(windows) < 2 || options.valueOf(validation) < 1 || options.valueOf(rounds) < 1) {
                throw new IllegalArgumentException(
                        "--windows must be at least 2, --validation and --rounds at least 1");
            }
            out.println(Machine.here().line());
            boolean same = true;
            for (int hidden : options.valuesOf(units)) {
                same &= measure(options, hidden, out);
            }
            return same ? 0 : 1;
        } catch (OptionException | IllegalArgumentException e) {
            err.println("error: " + e.getMessage() + " (--help lists the options)");
            return 2;
        }
    }

    /** Measures one model; returns whether all numbers of threads gave the same bits. */
    private boolean measure(OptionSet options, int hidden, PrintStream out) {
        List<Integer> counts = options.valuesOf(threads);
        Workload workload = Workload.training(
                Cell.LSTM, LAYERS, VOCABULARY, hidden, options.valueOf(batch), options.valueOf(steps));
        List<SharedTraining> trainings = counts.stream()
                .map(n -> new SharedTraining(workload, n, options.valueOf(windows), options.valueOf(validation)))
                .toList();
        List<List<SharedTraining.Epoch>> epochs = new ArrayList<>();
        for (int round = -options.valueOf(warm); round < options.valueOf(rounds); round++) {
            List<SharedTraining.Epoch> beside =
                    trainings.stream().map(SharedTraining::run).toList();
            if (round >= 0) {
                epochs.add(beside);
            }
        }
        out.println(workload.name());
        for (int i = 0; i < counts.size(); i++) {
            int at = i;
            StringBuilder line = new StringBuilder(
                    "%-18s".formatted(counts.get(i) == 0 ? "batch as a whole" : counts.get(i) + " threads"));
            FIGURES.forEach((name, figure) -> line.append(String.format(
                    Locale.ROOT,
                    "   %s %s (%.2fx)",
                    name,
                    Figures.time(median(epochs, beside -> figure.applyAsDouble(beside.get(at)))),
                    median(
                            epochs,
                            beside ->
                                    figure.applyAsDouble(beside.getFirst()) / figure.applyAsDouble(beside.get(at))))));
            out.println(line);
        }
        boolean same = true;
        for (List<SharedTraining.Epoch> beside : epochs) {
            long different = 0;
            for (int i = 0; i < counts.size(); i++) {
                // A batch as a whole is rounded in another order.
                if (counts.get(i) > 0) {
                    different |= beside.get(i).bits()
                            ^ epochs.getFirst().get(firstShared(counts)).bits();
                }
            }
            same &= different == 0;
        }
        out.println(same ? "the same bits for all numbers of threads" : "the bits depend on the number of threads");
        return same;
    }

    private static int firstShared(List<Integer> counts) {
        int at = 0;
        while (at < counts.size() - 1 && counts.get(at) == 0) {
            at++;
        }
        return at;
    }

    private static double median(
            List<List<SharedTraining.Epoch>> epochs, ToDoubleFunction<List<SharedTraining.Epoch>> figure) {
        return new Readings(epochs.stream().mapToDouble(figure).toArray()).median();
    }
}
