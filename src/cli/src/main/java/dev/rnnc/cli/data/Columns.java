package dev.rnnc.cli.data;

import dev.rnnc.compiler.diag.Suggestions;
import java.util.ArrayList;
import java.util.List;

/** Column lists as a user writes them: {@code a,b,c}, and {@code a..d} for all from one to another. */
public final class Columns {
    private static final String RANGE = "..";

    private Columns() {}

    /**
     * The columns that a list names, in its order.
     *
     * @param option who asks, as in {@code --features}
     * @throws DataException if a name is not among the file's columns
     */
    static List<String> resolve(String list, RowFile file, String option) {
        List<String> all = file.columns();
        if (all.contains(list)) {
            return List.of(list);
        }
        List<String> found = new ArrayList<>();
        for (String part : list.split(",", -1)) {
            String name = part.strip();
            int range = name.indexOf(RANGE);
            if (all.contains(name) || range < 0) {
                found.add(require(name, file, option));
                continue;
            }
            int from = all.indexOf(require(name.substring(0, range), file, option));
            int to = all.indexOf(require(name.substring(range + RANGE.length()), file, option));
            if (from > to) {
                throw new DataException("%s %s: '%s' stands behind '%s' in '%s'"
                        .formatted(option, name, all.get(from), all.get(to), file.path()));
            }
            found.addAll(all.subList(from, to + 1));
        }
        return found;
    }

    private static String require(String name, RowFile file, String option) {
        if (file.columns().contains(name)) {
            return name;
        }
        throw new DataException("%s: '%s' has no column '%s'; %s"
                .formatted(
                        option,
                        file.path(),
                        name,
                        Suggestions.hint(name, file.columns()).orElse("it has " + shown(file.columns()))));
    }

    /** The names, or the first of them where there are many. */
    public static String shown(List<String> columns) {
        int most = 20;
        return columns.size() <= most
                ? String.join(", ", columns)
                : String.join(", ", columns.subList(0, most)) + ", ... (" + columns.size() + " columns)";
    }
}
