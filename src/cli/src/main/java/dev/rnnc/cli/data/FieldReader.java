package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Turns the cells of a field's columns into numbers, checks them, and keeps them once the whole row is sound. */
final class FieldReader {
    private final Field field;
    private final boolean rowIsSequence;
    private final Dictionary dictionary;
    private final Store store;
    private double[] reals = new double[16];
    private int[] tokens = new int[16];
    private int size;

    /** @param dictionary for tokens; null for numbers */
    FieldReader(Field field, boolean rowIsSequence, Dictionary dictionary, Path cache) {
        this.field = field;
        this.rowIsSequence = rowIsSequence;
        this.dictionary = dictionary;
        this.store = new Store(cache);
    }

    Field field() {
        return field;
    }

    Dictionary dictionary() {
        return dictionary;
    }

    Store store() {
        return store;
    }

    /**
     * Reads one row.
     *
     * @param cells one for each of the field's columns
     * @return the number of time steps it holds
     * @throws BadRows.BadRow if a cell is missing, is no number or no symbol of the table
     */
    int read(List<Cell> cells) throws BadRows.BadRow {
        size = 0;
        for (int i = 0; i < cells.size(); i++) {
            String column = field.columns().get(i);
            switch (cells.get(i)) {
                case Cell.Missing _ -> throw new BadRows.BadRow("column '" + column + "' is empty");
                case Cell.Unreadable(String problem) -> throw new BadRows.BadRow("column '" + column + "'" + problem);
                case Cell.Single single -> single(single.text(), column);
                case Cell.Several several -> several(several, column);
            }
        }
        if (size % field.width() != 0 || !rowIsSequence && size != field.width()) {
            throw new BadRows.BadRow("%s: %s values, but %s %s"
                    .formatted(
                            field.name(), size, rowIsSequence ? "each step takes" : "one step takes", field.width()));
        }
        return size / field.width();
    }

    /** Keeps what was read last. */
    void keep() {
        for (int i = 0; i < size; i++) {
            if (field.element() == Element.TOKEN) {
                store.add(tokens[i]);
            } else {
                store.add(reals[i]);
            }
        }
    }

    private void single(String text, String column) throws BadRows.BadRow {
        if (field.element() == Element.REAL) {
            add(number(text, column));
            return;
        }
        switch (field.pieces()) {
            case WHOLE -> add(dictionary.token(text));
            case WORDS -> {
                for (String word : text.strip().split("\\s+")) {
                    if (!word.isEmpty()) {
                        add(dictionary.token(word));
                    }
                }
            }
            case CHARACTERS -> {
                for (int at = 0; at < text.length(); at = text.offsetByCodePoints(at, 1)) {
                    add(dictionary.token(Character.toString(text.codePointAt(at))));
                }
            }
        }
    }

    private void several(Cell.Several cell, String column) throws BadRows.BadRow {
        if (cell.inner() > 0 && cell.inner() != field.width()) {
            throw new BadRows.BadRow("column '%s': the elements of the array have %s numbers, but %s are expected"
                    .formatted(column, cell.inner(), field.width()));
        }
        for (String text : cell.texts()) {
            if (field.element() == Element.REAL) {
                add(number(text, column));
            } else {
                add(dictionary.token(text));
            }
        }
    }

    private void add(double value) {
        if (size == reals.length) {
            reals = Arrays.copyOf(reals, 2 * size);
        }
        reals[size++] = value;
    }

    private void add(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * size);
        }
        tokens[size++] = token;
    }

    /** A finite decimal number; Java's own forms, as {@code 1f} or {@code 0x1p3}, are none. */
    static double number(String text, String column) throws BadRows.BadRow {
        boolean plain = !text.isEmpty();
        for (int i = 0; i < text.length() && plain; i++) {
            char c = text.charAt(i);
            plain = c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
        }
        if (plain) {
            try {
                double value = Double.parseDouble(text);
                if (Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException e) {
                plain = false;
            }
        }
        String shown = text.length() > 40 ? text.substring(0, 40) + "..." : text;
        throw new BadRows.BadRow("column '%s': '%s' is not a number%s"
                .formatted(
                        column,
                        shown,
                        plain
                                ? " that a double can hold"
                                : text.matches("-?\\d+,\\d+") ? " (decimals stand behind a point)" : ""));
    }
}
