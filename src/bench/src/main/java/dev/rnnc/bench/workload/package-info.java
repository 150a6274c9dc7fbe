/** What is measured: models as {@code .rnn} texts, sizes, data, and the rows of the comparison. */
package dev.rnnc.bench.workload;
