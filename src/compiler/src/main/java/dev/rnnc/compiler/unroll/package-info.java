/**
 * Rewrites loops over time: several steps in one turn, small kernels that follow one another in one, what one of them
 * stores and the next loads kept in a register. Loop IR to loop IR; every setting gives the same bits.
 */
package dev.rnnc.compiler.unroll;
