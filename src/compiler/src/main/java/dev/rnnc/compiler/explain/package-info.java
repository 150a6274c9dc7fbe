/** Shows a model to a person: the derived backward equations of a cell, and a picture of the unrolled model. */
package dev.rnnc.compiler.explain;
