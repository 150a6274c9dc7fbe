/**
 * The resolved model: every name bound, every size a number, every function inlined, every cell call an instance of its
 * own with its parameters. Immutable.
 */
package dev.rnnc.compiler.model;
