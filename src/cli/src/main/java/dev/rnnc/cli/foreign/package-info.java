/**
 * Weights that other frameworks saved: what their tensors are called, how they are laid out, and how a model's parameters
 * are made from them.
 */
package dev.rnnc.cli.foreign;
