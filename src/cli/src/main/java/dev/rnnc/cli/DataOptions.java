package dev.rnnc.cli;

import dev.rnnc.cli.data.CsvFile;
import dev.rnnc.cli.data.DataException;
import dev.rnnc.cli.data.JsonLinesFile;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.RowFile;
import dev.rnnc.cli.data.Wishes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Files of rows, and how their rows become examples. */
final class DataOptions {
    @Option(names = "--csv", paramLabel = "F", description = "Rows of numbers and labels: a CSV file in UTF-8.")
    private Path csv;

    @Option(
            names = "--jsonl",
            paramLabel = "F",
            description = "A JSON Lines file: one object a row, or one object a sequence with arrays or a text.")
    private Path jsonl;

    @Option(
            names = "--delimiter",
            paramLabel = "C",
            description = "What stands between the cells of a CSV file: one character or 'tab'; found out by default.")
    private String delimiter;

    @Option(
            names = "--no-header",
            description = "The CSV file has no line of column names; columns are called 1, 2, 3 ...")
    private boolean noHeader;

    @Option(
            names = "--features",
            paramLabel = "COLS",
            description =
                    "The columns of the only input, as in a,b,c or a..c; by default the column of its name, or all"
                            + " columns of numbers that are not targets if they are as many as it takes.")
    private String features;

    @Option(
            names = "--input",
            paramLabel = "NAME=COLS",
            description = "The columns of one input; may be given several times.")
    private List<String> inputs = List.of();

    @Option(
            names = "--target",
            paramLabel = "[NAME=]COLS",
            description = "The columns of a target, of the only one without a name; labels may be words. By default the"
                    + " column of its name, or for a forecast what the input reads.")
    private List<String> targets = List.of();

    @Option(
            names = "--sequence-id",
            paramLabel = "COL",
            description = "Each row is a time step of the sequence that this column names.")
    private String sequenceId;

    @Option(
            names = "--window",
            paramLabel = "T",
            description =
                    "Cut windows of T steps out of each series; the model's steps by default where all rows are one"
                            + " series, or a 'stateful' model carries its states from window to window.")
    private Integer window;

    @Option(
            names = "--stride",
            paramLabel = "S",
            description = "Steps from window to window (default: 1); not for 'stateful' models.")
    private Integer stride;

    @Option(
            names = "--ahead",
            paramLabel = "N",
            description = "Forecast: targets lie N steps after the inputs; 1..24 gives a target of 24 steps at once.")
    private String ahead;

    @Option(
            names = "--skip-bad",
            description = "Leave out rows that cannot be used and count them, instead of stopping at the first.")
    private boolean skipBad;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "Where a binary copy of large data lies while the command runs; the system's temporary folder by"
                            + " default.")
    private Path cache;

    /** Whether a file of rows is named. */
    boolean given() {
        return csv != null || jsonl != null;
    }

    /** Whether bad rows are left out. */
    boolean skipBad() {
        return skipBad;
    }

    /** The folder for large data. */
    Path cache() {
        Path folder = cache == null ? Path.of(System.getProperty("java.io.tmpdir")) : cache;
        if (!Files.isDirectory(folder)) {
            throw CommandFailure.job("--cache '" + folder + "' is not a folder; make it, or name another one");
        }
        return folder;
    }

    /** The file of rows. */
    RowFile file() {
        if (csv != null && jsonl != null) {
            throw CommandFailure.usage("--csv and --jsonl exclude one another: give one of them");
        }
        return open(csv == null ? jsonl : csv);
    }

    /** Another file of the same kind. */
    RowFile open(Path file) {
        if (csv == null) {
            if (delimiter != null || noHeader) {
                throw CommandFailure.usage("--delimiter and --no-header are for --csv");
            }
            return new JsonLinesFile(InputFile.requireRegular(file, "JSON Lines file"));
        }
        return new CsvFile(InputFile.requireRegular(file, "CSV file"), delimiter(), !noHeader);
    }

    /** Refuses options on rows where there are none. */
    void requireNone() {
        boolean any = Stream.of(delimiter, features, sequenceId, window, stride, ahead)
                .anyMatch(o -> o != null);
        if (any || noHeader || skipBad || !inputs.isEmpty() || !targets.isEmpty()) {
            throw CommandFailure.usage(
                    "--delimiter, --no-header, --features, --input, --target, --sequence-id, --window,"
                            + " --stride, --ahead and --skip-bad are for files of rows: give one with --csv or --jsonl");
        }
    }

    /** What the user says of columns and examples. */
    Wishes wishes(boolean words) {
        Map<String, String> columns = new LinkedHashMap<>();
        String target = null;
        for (String of : inputs) {
            int sign = of.indexOf('=');
            if (sign < 1) {
                throw CommandFailure.usage(
                        "--input " + of + ": give the name of an input and its columns, as in x=a,b");
            }
            columns.put(of.substring(0, sign), of.substring(sign + 1));
        }
        for (String of : targets) {
            int sign = of.indexOf('=');
            if (sign < 1) {
                if (target != null) {
                    throw CommandFailure.usage(
                            "--target " + of + ": of several targets each needs a name, as in y=" + of);
                }
                target = of;
            } else {
                columns.put(of.substring(0, sign), of.substring(sign + 1));
            }
        }
        positive("--window", window);
        positive("--stride", stride);
        try {
            return new Wishes(
                    columns,
                    features,
                    target,
                    sequenceId,
                    window,
                    stride,
                    ahead == null ? null : Layout.Ahead.parse(ahead),
                    words);
        } catch (DataException e) {
            throw CommandFailure.usage(e.getMessage());
        }
    }

    private char delimiter() {
        if (delimiter == null) {
            return 0;
        }
        String given = delimiter.equals("tab") || delimiter.equals("\\t") ? "\t" : delimiter;
        if (given.length() != 1 || "\"\r\n".contains(given)) {
            throw CommandFailure.usage("--delimiter " + delimiter + ": give one character, or 'tab'");
        }
        return given.charAt(0);
    }

    private static void positive(String option, Integer value) {
        if (value != null && value < 1) {
            throw CommandFailure.usage(option + " " + value + ": give a number of at least 1");
        }
    }
}
