package dev.rnnc.runtime.spec;

import java.util.List;

/** How a parameter gets its first values. */
public sealed interface Initializer {
    /** Uniform on {@code [-bound, bound)}; PyTorch's default for recurrent and linear layers is {@code 1/sqrt(size)}. */
    record Uniform(double bound) implements Initializer {}

    /** Normal with mean 0; PyTorch's default for embeddings has deviation 1. */
    record Normal(double deviation) implements Initializer {}

    /** Every element the same. */
    record Constant(double value) implements Initializer {}

    /**
     * A matrix of {@code gain} times orthonormal rows, or columns where it has fewer of these; uniform among all such
     * (Saxe et al. 2014, arXiv 1312.6120).
     */
    record Orthogonal(double gain) implements Initializer {}

    /** The rows of the parameter in equal blocks, each with an initialiser of its own: one for each gate of a cell. */
    record Blocks(List<Initializer> blocks) implements Initializer {
        public Blocks {
            blocks = List.copyOf(blocks);
        }
    }
}
