package dev.rnnc.cli.foreign;

import java.util.Map;
import java.util.Optional;

/**
 * What a weights file says besides its tensors.
 *
 * @param keras the layers and their settings, where it holds the configuration of a Keras model
 * @param groupNames by the path of a group, as in {@code layers/lstm}, the name of the layer whose variables stand in it
 */
public record FileNotes(Optional<KerasModel> keras, Map<String, String> groupNames) {
    /** Nothing. */
    public static final FileNotes NONE = new FileNotes(Optional.empty(), Map.of());

    public FileNotes {
        groupNames = Map.copyOf(groupNames);
    }
}
