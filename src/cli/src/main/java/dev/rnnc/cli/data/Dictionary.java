package dev.rnnc.cli.data;

import dev.rnnc.compiler.diag.Suggestions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Gives tokens to symbols while a file is read. Without a table the tokens are provisional, in the order in which symbols
 * are met; which of them stay, and under which number, is known when all have been counted.
 */
final class Dictionary {
    private final Field field;
    private final SymbolTable given;
    private final Map<String, Integer> provisional = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private boolean numbers = true;

    /**
     * A dictionary of a field of tokens.
     *
     * @param given the symbols that there are, or null to learn them
     */
    Dictionary(Field field, SymbolTable given) {
        this.field = field;
        this.given = given;
    }

    /**
     * The token of a symbol, provisional where symbols are learnt.
     *
     * @throws BadRows.BadRow if there is no such symbol, or no room for another one
     */
    int token(String name) throws BadRows.BadRow {
        if (given != null) {
            int token = given.token(name);
            if (token < 0) {
                throw new BadRows.BadRow("%s: '%s' is not among the %s symbols of the training%s"
                        .formatted(
                                field.name(),
                                name,
                                given.size(),
                                Suggestions.hint(name, given.names())
                                        .map(hint -> "; " + hint)
                                        .orElse("")));
            }
            return token;
        }
        Integer known = provisional.get(name);
        if (known != null) {
            return known;
        }
        if (names.size() >= field.vocabulary() && field.pieces() != Field.Pieces.WORDS) {
            throw new BadRows.BadRow(
                    ("%s: '%s' is one more than the %s different values that token(%s) takes; write a larger token(N) in"
                                    + " the model%s")
                            .formatted(
                                    field.name(),
                                    name,
                                    field.vocabulary(),
                                    field.vocabulary(),
                                    field.pieces() == Field.Pieces.CHARACTERS ? ", or read words with --words" : ""));
        }
        numbers &= number(name) >= 0;
        provisional.put(name, names.size());
        names.add(name);
        return names.size() - 1;
    }

    /** How many provisional tokens there are. */
    int size() {
        return given == null ? names.size() : given.size();
    }

    /**
     * The table that numbers the symbols for good: sorted, and of words the most frequent first, {@value
     * SymbolTable#UNKNOWN} before them; null where the symbols are the tokens' own numbers.
     *
     * @param counts how often each provisional token stands in what the model is trained on
     * @param least how often a word must stand there
     */
    SymbolTable table(long[] counts, long least) {
        if (given != null) {
            return given;
        }
        if (numbers && field.pieces() == Field.Pieces.WHOLE) {
            boolean fit = names.stream().allMatch(name -> number(name) < field.vocabulary());
            return fit
                    ? null
                    : new SymbolTable(names.stream()
                            .sorted(Comparator.comparingLong(Dictionary::number))
                            .toList());
        }
        if (field.pieces() != Field.Pieces.WORDS) {
            return new SymbolTable(names.stream().sorted().toList());
        }
        return words(names, counts, least, field.vocabulary(), List.of(SymbolTable.UNKNOWN));
    }

    /**
     * The most frequent words, in alphabetical order where they are equally frequent, behind {@code reserved}.
     *
     * @param limit the most symbols there may be
     */
    static SymbolTable words(List<String> names, long[] counts, long least, int limit, List<String> reserved) {
        List<String> kept = new ArrayList<>(reserved);
        IntStream.range(0, names.size())
                .filter(i -> counts[i] >= Math.max(1, least) && !reserved.contains(names.get(i)))
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> -counts[i]).thenComparing(names::get))
                .limit(Math.max(0, limit - reserved.size()))
                .forEach(i -> kept.add(names.get(i)));
        return new SymbolTable(kept);
    }

    /** From provisional tokens to those of a table, or to the numbers that the symbols are. */
    int[] translation(SymbolTable table) {
        if (given != null) {
            return IntStream.range(0, given.size()).toArray();
        }
        return names.stream()
                .mapToInt(name -> table == null ? (int) number(name) : table.token(name))
                .toArray();
    }

    /** The whole number that a symbol is; -1 if it is none. */
    private static long number(String name) {
        return name.matches("0|[1-9][0-9]{0,8}") ? Long.parseLong(name) : -1;
    }
}
