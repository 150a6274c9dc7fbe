package dev.rnnc.cli.data;

import java.util.Map;

/**
 * What a user says of columns and examples; what is left out is found from the model and the file.
 *
 * @param columns column lists by the name of the port that they are for
 * @param features the columns of the only input, or null
 * @param targets the columns of the only target, or null
 * @param sequenceId the column that names sequences, or null
 * @param window time steps of an example, or null
 * @param stride steps between windows, or null
 * @param ahead distance of the targets, or null
 * @param words whether texts are read word by word
 */
public record Wishes(
        Map<String, String> columns,
        String features,
        String targets,
        String sequenceId,
        Integer window,
        Integer stride,
        Layout.Ahead ahead,
        boolean words) {
    public Wishes {
        columns = Map.copyOf(columns);
    }

    /** The same with windows of that many steps. */
    public Wishes windows(int steps) {
        return new Wishes(columns, features, targets, sequenceId, steps, stride, ahead, words);
    }

    /** The distance of the targets. */
    Layout.Ahead distance() {
        return ahead == null ? Layout.Ahead.NONE : ahead;
    }
}
