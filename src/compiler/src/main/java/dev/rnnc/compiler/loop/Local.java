package dev.rnnc.compiler.loop;

/** A variable of a kernel. */
public record Local(String name, Shape shape) {}
