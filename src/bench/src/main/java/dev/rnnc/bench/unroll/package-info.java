/** Measures what unrolling over time brings, and whether the cost model chooses well. */
package dev.rnnc.bench.unroll;
