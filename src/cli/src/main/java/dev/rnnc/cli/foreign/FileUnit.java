package dev.rnnc.cli.foreign;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The tensors of one layer of a module in a file.
 *
 * @param module what tells the module from all others in the file
 * @param names what the module is called; the first is its own name, others are those of what it is within or made of
 * @param layer its place in the module, 0 in one of a single layer
 * @param tensors from what they are, in the framework's words, to their names in the file
 * @param required whether the model must have a place for it
 */
record FileUnit(String module, List<String> names, int layer, SequencedMap<String, String> tensors, boolean required) {
    FileUnit {
        names = List.copyOf(names);
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }

    /** Whether a layer of a model has that name, in which all but letters, digits and underscores became underscores. */
    static boolean isNamed(String name, String layer) {
        return name.equals(layer) || name.replaceAll("[^A-Za-z0-9_]", "_").equals(layer);
    }
}
