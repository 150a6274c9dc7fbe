package dev.rnnc.compiler.loop;

import java.util.List;

/** A statement of a kernel. */
public sealed interface Statement {
    /**
     * {@code for (int variable = from; variable < to; variable += step)}; the trip count is whole.
     *
     * @param way 1; or -1, or an integer parameter that is one of these: at -1 the rounds, whose order then makes no
     *     difference to what is computed, run from the last to the first
     */
    record Loop(String variable, Index from, Index to, int step, Index way, List<Statement> body) implements Statement {
        public Loop {
            body = List.copyOf(body);
        }

        /** A loop that runs from its first round to its last. */
        public Loop(String variable, Index from, Index to, int step, List<Statement> body) {
            this(variable, from, to, step, UP, body);
        }

        private static final Index UP = Index.of(1);

        /** Whether it always runs from its first round to its last. */
        public boolean runsUp() {
            return way.equals(UP);
        }

        /** The same loop over other statements. */
        public Loop with(List<Statement> statements) {
            return new Loop(variable, from, to, step, way, statements);
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
