package dev.rnnc.cli;

import dev.rnnc.cli.data.Field;
import dev.rnnc.cli.data.SymbolTable;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.List;
import java.util.OptionalInt;

/** The symbols of rows that a model generates. */
final class RowTokens {
    private RowTokens() {}

    /** How many symbols the training saw. */
    static int count(LatestRows data, PortSpec port) {
        return table(data, port).size();
    }

    /**
     * The token of the symbol that ends a sequence.
     *
     * @param stop a symbol, or null
     * @throws CommandFailure if the training saw no such symbol
     */
    static OptionalInt stop(LatestRows data, PortSpec port, String stop) {
        if (stop == null) {
            return OptionalInt.empty();
        }
        SymbolTable table = table(data, port);
        if (!table.contains(stop)) {
            throw CommandFailure.usage("--stop '%s' is not among the %d symbols of '%s' in data.json; give one of them"
                    .formatted(stop, table.size(), port.name()));
        }
        return OptionalInt.of(table.token(stop));
    }

    private static SymbolTable table(LatestRows data, PortSpec port) {
        Field field = data.field(port).field();
        return data.recipe().encoding().tables(List.of(field)).get(field);
    }
}
