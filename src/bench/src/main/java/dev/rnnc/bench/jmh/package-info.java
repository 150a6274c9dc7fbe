/** JMH benchmarks of single workloads. */
package dev.rnnc.bench.jmh;
