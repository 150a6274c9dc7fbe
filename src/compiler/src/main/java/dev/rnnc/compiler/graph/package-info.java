/**
 * The step graph: SSA tensor operations with their types, and {@code Scan} for the loop over time. The same language
 * holds the forward pass, the derived gradient and the optimised program.
 */
package dev.rnnc.compiler.graph;
