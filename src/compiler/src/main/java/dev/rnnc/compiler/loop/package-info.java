/**
 * The loop IR: kernels of loops over vector and scalar values, buffers, and routines that call the kernels in order.
 * Every backend walks this and nothing else, so that all of them compute the same bits.
 */
package dev.rnnc.compiler.loop;
