/** The compiler as a whole: the stages in order, for the command line, the build plugin and programs that load models. */
package dev.rnnc.compiler.driver;
