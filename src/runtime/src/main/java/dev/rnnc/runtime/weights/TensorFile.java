package dev.rnnc.runtime.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The content of a safetensors file.
 *
 * @param tensors by name, in the order in which the data stand in the file
 * @param metadata the free text entries of {@code __metadata__}; empty if there are none
 */
public record TensorFile(SequencedMap<String, Tensor> tensors, Map<String, String> metadata) {
    public TensorFile {
        tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
