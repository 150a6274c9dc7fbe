/** Drawing symbols from a model's logits. */
package dev.rnnc.runtime.generate;
