package dev.rnnc.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();
    private final String alignment;

    /** A table whose columns are aligned as {@code alignment} says: {@code l} or {@code r} for each. */
    Table(String alignment) {
        this.alignment = alignment;
    }

    /** Adds one row with a cell for each column. */
    Table row(String... cells) {
        if (cells.length != alignment.length()) {
            throw new IllegalArgumentException(cells.length + " cells for " + alignment.length() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** The rows, each indented by two blanks, columns two blanks apart, no blanks at line ends. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                String cell = row.get(column);
                String blanks = " ".repeat(width(column) - cell.length());
                line.append("  ").append(alignment.charAt(column) == 'r' ? blanks + cell : cell + blanks);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
