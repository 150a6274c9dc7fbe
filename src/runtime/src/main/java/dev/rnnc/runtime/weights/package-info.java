/** Tensors in safetensors files, and the loading and saving of a model's parameters. */
package dev.rnnc.runtime.weights;
