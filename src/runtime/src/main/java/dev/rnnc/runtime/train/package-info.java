/** The training loop. */
package dev.rnnc.runtime.train;
