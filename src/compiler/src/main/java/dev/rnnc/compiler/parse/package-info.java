/** From text to syntax tree. The only package that knows ANTLR, whose generated parser lies in the package below. */
package dev.rnnc.compiler.parse;
