package dev.rnnc.cli.foreign;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The tensors of one layer of a module in a file.
 *
 * @param module the module's name; empty where its tensors stand at the top
 * @param layer its place in the module, 0 in one of a single layer
 * @param tensors from what they are, in the framework's words, to their names in the file
 * @param required whether the model must have a place for it
 */
record FileUnit(String module, int layer, SequencedMap<String, String> tensors, boolean required) {
    FileUnit {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }
}
