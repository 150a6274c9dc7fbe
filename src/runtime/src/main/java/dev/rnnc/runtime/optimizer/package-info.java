/** The optimisers of {@code torch.optim} and gradient clipping, element-wise over the flat parameter array. */
package dev.rnnc.runtime.optimizer;
