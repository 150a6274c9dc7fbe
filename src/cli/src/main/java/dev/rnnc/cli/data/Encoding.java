package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What the training part of a table taught about each field: which token a symbol is, and how numbers are scaled. It is
 * stored with the weights and applied to all data that the model sees later.
 *
 * @param symbols the tables of fields of tokens; a field whose cells hold tokens as numbers has none
 * @param scalings of fields of numbers
 */
public record Encoding(Map<Field, SymbolTable> symbols, Map<Field, Scaling> scalings) {
    public Encoding {
        symbols = Map.copyOf(symbols);
        scalings = Map.copyOf(scalings);
    }

    /**
     * Learns from a part of a table.
     *
     * @param least how often a word must stand in the part to have a token of its own
     */
    public static Encoding learn(Table table, Part part, Normalize normalize, long least) {
        Map<Field, SymbolTable> symbols = new HashMap<>();
        Map<Field, Scaling> scalings = new HashMap<>();
        table.series().forEach((field, series) -> {
            if (field.element() == Element.REAL) {
                scalings.put(field, Scaling.fit(normalize, table, series, part));
            } else {
                SymbolTable learnt = series.dictionary().table(counts(table, series, part), least);
                if (learnt != null) {
                    symbols.put(field, learnt);
                }
            }
        });
        return new Encoding(symbols, scalings);
    }

    /** The same with other scales for some fields. */
    public Encoding scaled(Map<Field, Scaling> others) {
        Map<Field, Scaling> all = new HashMap<>(scalings);
        all.putAll(others);
        return new Encoding(symbols, all);
    }

    /** The symbols to read another file with; where tokens are numbers, the numbers. */
    public Map<Field, SymbolTable> tables(Iterable<Field> fields) {
        Map<Field, SymbolTable> tables = new HashMap<>();
        for (Field field : fields) {
            if (field.element() == Element.TOKEN) {
                tables.put(
                        field,
                        symbols.getOrDefault(
                                field,
                                new SymbolTable(IntStream.range(0, field.vocabulary())
                                        .mapToObj(Integer::toString)
                                        .toList())));
            }
        }
        return tables;
    }

    /** From the tokens of a series to the model's. */
    int[] translation(Series series) {
        return series.dictionary().translation(symbols.get(series.field()));
    }

    /** How a field's numbers are scaled. */
    public Scaling scaling(Field field) {
        return scalings.getOrDefault(field, Scaling.none(field.width()));
    }

    /** The symbol of a token. */
    public String symbol(Field field, int token) {
        SymbolTable table = symbols.get(field);
        return table == null || token >= table.size() ? Integer.toString(token) : table.name(token);
    }

    /** One line on what was learnt for each field. */
    public List<String> description() {
        return symbols.entrySet().stream()
                .map(e -> e.getKey().name() + ": " + e.getValue().size() + " symbols")
                .sorted()
                .toList();
    }

    private static long[] counts(Table table, Series series, Part part) {
        long[] counts = new long[series.dictionary().size()];
        for (int range = 0; range < part.size(); range++) {
            long[] steps = part.steps(table, series, range);
            for (long step = steps[0]; step < steps[1]; step++) {
                counts[series.token(step)]++;
            }
        }
        return counts;
    }
}
