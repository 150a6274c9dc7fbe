/** Who is measured: engines that run a workload, and the check that they all compute the same. */
package dev.rnnc.bench.engine;
