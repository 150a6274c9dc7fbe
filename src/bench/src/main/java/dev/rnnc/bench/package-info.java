/** JMH benchmarks: generated code beside the generic engine and hand-written code, against the limits of the machine. */
package dev.rnnc.bench;
