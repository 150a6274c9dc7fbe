package dev.rnnc.cli;

import dev.rnnc.cli.foreign.FileNotes;
import dev.rnnc.runtime.weights.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * What a weights file holds.
 *
 * @param tensors by name
 * @param keras whether Keras wrote it: it is an HDF5 file or an archive with one
 * @param notes what it says besides
 */
record WeightsContent(SequencedMap<String, Tensor> tensors, boolean keras, FileNotes notes) {
    WeightsContent {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
    }
}
