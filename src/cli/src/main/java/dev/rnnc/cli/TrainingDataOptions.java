package dev.rnnc.cli;

import dev.rnnc.cli.data.Normalize;
import dev.rnnc.cli.data.Split;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What training learns from its data before it begins, and what it holds out. */
final class TrainingDataOptions {
    @Option(
            names = "--words",
            description =
                    "Read texts word by word: white space divides them, <eos> ends each line of --text, and what is"
                            + " rare or new is <unk>. The most frequent words stay, as many as the model's token(N) takes.")
    private boolean words;

    @Option(
            names = "--min-count",
            paramLabel = "N",
            description = "With --words: a word must stand N times in what is trained on, or it is <unk> (default: 1).")
    private Integer minCount;

    @Option(
            names = "--vocabulary",
            paramLabel = "F",
            description =
                    "With --text: the vocabulary to use, one of an earlier run or a file with one word a line; made"
                            + " from the text by default.")
    private Path vocabulary;

    @Option(
            names = "--split",
            paramLabel = "KIND:SHARE",
            description =
                    "What to train on; the rest is for validation. time:0.8 takes the beginning, of each series where"
                            + " windows are cut, else of the examples; sequence:0.8 draws whole sequences or examples with the seed."
                            + " By default 0.9, in time for a text, a series and --data, and drawn for sequences of rows.")
    private String split;

    @Option(
            names = "--normalize",
            paramLabel = "KIND",
            description =
                    "Scale the numbers of CSV and JSON Lines files: standard (mean 0, deviation 1), minmax (0 to 1) or"
                            + " none (default). Measured on what is trained on, kept with the weights and applied by 'eval' and"
                            + " 'run'; a column of zeros and ones stays as it is.")
    private Normalize normalize;

    boolean words() {
        return words;
    }

    /** The file with the vocabulary, or null. */
    Path vocabulary() {
        return vocabulary;
    }

    long minCount() {
        if (minCount == null) {
            return 1;
        }
        if (!words) {
            throw CommandFailure.usage("--min-count counts words; add --words");
        }
        if (minCount < 1) {
            throw CommandFailure.usage("--min-count " + minCount + ": give a number of at least 1");
        }
        return minCount;
    }

    Optional<Split> split() {
        return Optional.ofNullable(split).map(Split::parse);
    }

    Normalize normalize() {
        return normalize == null ? Normalize.NONE : normalize;
    }

    /** Refuses what has no use with rows. */
    void requireRows() {
        minCount();
        if (vocabulary != null) {
            throw CommandFailure.usage("--vocabulary is for --text; the symbols of rows are kept in the run folder");
        }
    }

    /** Refuses what has no use with a text. */
    void requireText() {
        minCount();
        if (normalize != null) {
            throw CommandFailure.usage("--normalize scales numbers, and a text has none");
        }
    }

    /** Refuses what has no use with tensors. */
    void requireTensors() {
        if (words || minCount != null || vocabulary != null || normalize != null) {
            throw CommandFailure.usage("--words, --min-count, --vocabulary and --normalize have no use with --data:"
                    + " tensors hold tokens and numbers as the model takes them");
        }
    }
}
