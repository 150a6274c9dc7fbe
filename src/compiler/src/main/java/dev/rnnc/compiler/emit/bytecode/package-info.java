/** The bytecode backend: loop IR to class files, by ASM. */
package dev.rnnc.compiler.emit.bytecode;
