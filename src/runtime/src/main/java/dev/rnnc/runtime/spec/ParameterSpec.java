package dev.rnnc.runtime.spec;

import java.util.List;

/**
 * One trainable parameter, a dense row-major slice of the model's flat parameter array.
 *
 * @param name {@code LAYER.PARAM}, as in {@code h1.weight_ih}
 * @param shape its dimensions
 * @param offset where the slice starts in the flat array, in elements, a multiple of a 64-byte line
 * @param initializer its first values
 * @param alias the name it has in a foreign state dict ({@code param ... from "rnn.weight_ih_l0"}), or null
 */
public record ParameterSpec(String name, List<Integer> shape, long offset, Initializer initializer, String alias) {
    public ParameterSpec {
        shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public int size() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
}
