package dev.rnnc.runtime.spec;

/** How a parameter gets its first values. */
public sealed interface Initializer {
    /** Uniform on {@code [-bound, bound)}; PyTorch's default for recurrent and linear layers is {@code 1/sqrt(size)}. */
    record Uniform(double bound) implements Initializer {}

    /** Normal with mean 0; PyTorch's default for embeddings has deviation 1. */
    record Normal(double deviation) implements Initializer {}

    /** Every element the same. */
    record Constant(double value) implements Initializer {}
}
