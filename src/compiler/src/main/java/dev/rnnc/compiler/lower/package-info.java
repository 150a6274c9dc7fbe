/** From the optimised graph to the loop IR: buffers, kernels, and the order in which they are called. */
package dev.rnnc.compiler.lower;
