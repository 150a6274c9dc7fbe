package dev.rnnc.runtime.optimizer;

/**
 * The blocks that work on a flat array is cut into, so that threads can share it. They depend on the number of elements alone:
 * what is summed up by blocks, and then in their order, has the same bits for any number of threads.
 *
 * @param elements of the array
 */
public record Blocks(int elements) {
    /** Elements of a block: four arrays of floats fit into a core's second cache, and handing a block out costs little. */
    static final int SIZE = 1 << 14;

    /** Number of blocks. */
    public int count() {
        return (elements + SIZE - 1) / SIZE;
    }

    /** First element of a block. */
    public int start(int block) {
        return block * SIZE;
    }

    /** Behind the last element of a block. */
    public int end(int block) {
        return Math.min(elements, start(block) + SIZE);
    }
}
