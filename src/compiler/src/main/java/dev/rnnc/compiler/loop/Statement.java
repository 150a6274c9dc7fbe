package dev.rnnc.compiler.loop;

import java.util.List;

/** A statement of a kernel. */
public sealed interface Statement {
    /** {@code for (int variable = from; variable < to; variable += step)}; the trip count is whole. */
    record Loop(String variable, Index from, Index to, int step, List<Statement> body) implements Statement {
        public Loop {
            body = List.copyOf(body);
        }
    }

    /** Declares a variable with its first value. */
    record Define(Local local, Expression value) implements Statement {}

    /** Gives a variable another value. */
    record Assign(Local local, Expression value) implements Statement {}

    /**
     * What follows, up to the next of these, computes an equation that stands in that line of the model's file or is called
     * there. It does nothing.
     */
    record Line(int number) implements Statement {}

    /** Writes real numbers, or a token, from element {@code at} of a segment parameter on. */
    record Store(String segment, Index at, Expression value) implements Statement {}
}
