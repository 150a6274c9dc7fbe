/** Time and memory against the sizes of a model. */
package dev.rnnc.bench.scaling;
