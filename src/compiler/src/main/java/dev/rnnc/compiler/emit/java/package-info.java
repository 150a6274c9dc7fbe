/** The Java backend: loop IR to source, by JavaPoet. */
package dev.rnnc.compiler.emit.java;
