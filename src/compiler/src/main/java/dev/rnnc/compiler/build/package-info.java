/** From the resolved model to the step graph. */
package dev.rnnc.compiler.build;
