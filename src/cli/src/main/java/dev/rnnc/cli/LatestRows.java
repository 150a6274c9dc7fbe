package dev.rnnc.cli;

import dev.rnnc.cli.data.ExampleSet;
import dev.rnnc.cli.data.Layout;
import dev.rnnc.cli.data.PortField;
import dev.rnnc.cli.data.Recipe;
import dev.rnnc.cli.data.SeriesRows;
import dev.rnnc.cli.data.Table;
import dev.rnnc.runtime.spec.PortSpec;
import java.util.List;

/**
 * The rows of a file to go on from.
 *
 * @param table its rows
 * @param recipe how the model learnt to read all its inputs and targets, with the columns of this file for those read
 * @param read which of them are read from the file
 */
record LatestRows(Table table, Recipe recipe, List<PortField> read) {
    /** How rows become examples, and how far ahead targets lie. */
    Layout layout() {
        return recipe.binding().layout();
    }

    /** The last window of each series, or each whole sequence, as inputs of those ports. */
    TableExamples examples(List<PortSpec> ports) {
        return TableExamples.of(ExampleSet.latest(
                table,
                recipe.encoding(),
                read.stream().filter(port -> ports.contains(port.port())).toList()));
    }

    /** All rows, one by one. */
    SeriesRows rows() {
        return new SeriesRows(table, recipe.encoding(), read);
    }

    /** What a port is read from, in training at least. */
    PortField field(PortSpec port) {
        return recipe.binding().ports().stream()
                .filter(field -> field.port().equals(port))
                .findFirst()
                .orElseThrow();
    }
}
