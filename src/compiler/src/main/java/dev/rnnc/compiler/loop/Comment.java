package dev.rnnc.compiler.loop;

/**
 * What a step is for.
 *
 * @param text the equations, in the model's words; may be empty
 * @param line the line in the model's file of the first of them, or of the call that leads to it where it stands in another
 *     file; 0 if there is none
 */
public record Comment(String text, int line) {}
