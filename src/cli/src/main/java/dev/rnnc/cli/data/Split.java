package dev.rnnc.cli.data;

import dev.rnnc.runtime.train.ExampleOrder;
import java.util.Arrays;

/**
 * How data are divided into what a model is trained on and what it is validated with.
 *
 * @param kind what is divided
 * @param training the share to train on, above 0 and below 1
 */
public record Split(Kind kind, double training) {
    /** What is divided. */
    public enum Kind {
        /** The beginning is for training: of each series where windows are cut, else of the list of sequences. */
        TIME,
        /** Whole sequences, drawn with the seed. */
        SEQUENCE
    }

    /** What each kind keeps. */
    public record Parts(Part training, Part validation) {}

    /**
     * Reads {@code time:0.8} or {@code sequence:0.8}.
     *
     * @throws DataException if it is neither
     */
    public static Split parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length == 2 && parts[1].matches("0?\\.\\d{1,9}") && Double.parseDouble(parts[1]) > 0) {
            double share = Double.parseDouble(parts[1]);
            if (parts[0].equals("time")) {
                return new Split(Kind.TIME, share);
            }
            if (parts[0].equals("sequence")) {
                return new Split(Kind.SEQUENCE, share);
            }
        }
        throw new DataException(
                "--split " + text + ": give time:SHARE or sequence:SHARE with the share to train on, as in time:0.8");
    }

    /** What is done where nobody says: series are divided in time, sequences are drawn; nine tenths are for training. */
    public static Split standard(Layout layout) {
        return new Split(layout.windowed() ? Kind.TIME : Kind.SEQUENCE, 0.9);
    }

    /**
     * Divides a table.
     *
     * @param seed of the draw of sequences
     * @throws DataException if there is only one sequence to draw from
     */
    public Parts of(Table table, long seed) {
        int count = table.sequences();
        if (kind == Kind.TIME && table.layout().windowed()) {
            int[] all = new int[count];
            long[] cut = new long[count];
            long[] end = new long[count];
            for (int i = 0; i < count; i++) {
                all[i] = i;
                end[i] = table.length(i);
                cut[i] = (long) Math.floor(training * end[i]);
            }
            return new Parts(new Part(all, new long[count], cut), new Part(all, cut, end));
        }
        if (count < 2) {
            throw new DataException(("'%s' is one sequence, which --split %s cannot divide; name the column of the"
                            + " sequences with --sequence-id, or divide it with --split time:%s")
                    .formatted(table.file(), this, training));
        }
        int[] order = kind == Kind.TIME ? Part.all(table).sequences() : ExampleOrder.permutation(count, seed, 0);
        int first = Math.clamp(Math.round(training * count), 1, count - 1);
        int[] training = Arrays.copyOf(order, first);
        int[] validation = Arrays.copyOfRange(order, first, count);
        Arrays.sort(training);
        Arrays.sort(validation);
        return new Parts(Part.of(table, training), Part.of(table, validation));
    }

    @Override
    public String toString() {
        return (kind == Kind.TIME ? "time:" : "sequence:") + training;
    }
}
