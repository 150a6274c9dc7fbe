/**
 * Reverse-mode differentiation of graphs: one table from operation to rule, one reverse walk; backpropagation through
 * time is the reverse of {@code Scan}. Reads and yields {@link dev.rnnc.compiler.graph.Graph}.
 */
package dev.rnnc.compiler.autodiff;
