/** Measures what sharing each batch among threads brings. */
package dev.rnnc.bench.threads;
