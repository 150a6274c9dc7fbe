/** Lays out the text of a model file in its canonical form; comments stay where they are. */
package dev.rnnc.compiler.format;
