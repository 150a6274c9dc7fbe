/** The syntax tree of a model file: what was written, with its places, before any name is looked up. */
package dev.rnnc.compiler.syntax;
