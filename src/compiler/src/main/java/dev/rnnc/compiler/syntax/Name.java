package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;

/** A name at the place where it is declared. */
public record Name(String text, Span span) {}
