/** Passes from graph to equivalent, cheaper graph. None knows a cell by name; {@link Optimizer} holds their order. */
package dev.rnnc.compiler.opt;
