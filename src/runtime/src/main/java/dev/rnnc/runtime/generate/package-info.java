/** Feeding a model with its own output, and drawing symbols from its logits. */
package dev.rnnc.runtime.generate;
