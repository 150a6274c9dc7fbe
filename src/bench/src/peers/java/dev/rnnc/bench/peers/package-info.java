/** Engines of other makers, built with the profile {@code peers} only. */
package dev.rnnc.bench.peers;
