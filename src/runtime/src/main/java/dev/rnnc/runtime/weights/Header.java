package dev.rnnc.runtime.weights;

import java.util.List;
import java.util.Map;

/**
 * A checked safetensors header.
 *
 * @param entries the tensors, by their place in the data
 * @param metadata the free text entries
 */
record Header(List<Entry> entries, Map<String, String> metadata) {
    /**
     * One tensor.
     *
     * @param begin its first byte, counted from the start of the data
     * @param end the byte after its last one
     */
    record Entry(String name, DType dtype, List<Integer> shape, long begin, long end) {}
}
