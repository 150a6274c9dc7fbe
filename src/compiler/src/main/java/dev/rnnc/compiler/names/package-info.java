/** Names of a model as names of Java: which words are free, and what a name becomes that is not. */
package dev.rnnc.compiler.names;
