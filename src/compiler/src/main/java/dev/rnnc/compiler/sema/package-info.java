/** From the syntax tree to the resolved model: names, constants, sizes, shapes; all that is wrong is reported at once. */
package dev.rnnc.compiler.sema;
