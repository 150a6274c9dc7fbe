/**
 * Rewrites loops over chunks of rows and over time: those over the same rows joined; several steps in one turn, small
 * kernels that follow one another in one, what one of them stores and the next loads kept in a register. Loop IR to loop
 * IR; every setting gives the same bits.
 */
package dev.rnnc.compiler.unroll;
