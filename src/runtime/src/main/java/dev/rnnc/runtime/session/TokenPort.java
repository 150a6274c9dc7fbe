package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Tokens that go into or come out of a session. For generated code, which gives it the name and the axes of the model. */
public final class TokenPort extends SessionPort {
    TokenPort(TypedSession session, Program program, String name) {
        super(session, program, name);
    }

    /**
     * Gives the one token of an input.
     *
     * @throws IllegalArgumentException if it takes more than one, or the token is not below the size of the vocabulary
     */
    public void set(int token) {
        rows(1);
        if (token < 0 || token >= vocabulary()) {
            throw new IllegalArgumentException(
                    "'%s' is given the token %s, and its tokens go from 0 to %s".formatted(name(), token, last()));
        }
        segment.set(ValueLayout.JAVA_INT, 0, token);
    }

    /**
     * Gives all tokens of an input, [T, B] or as much of that as it has.
     *
     * @throws IllegalArgumentException if their number does not fit, or a token is not below the size of the vocabulary;
     *     none of them is then taken
     */
    public void set(int[] tokens) {
        rows(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocabulary()) {
                throw new IllegalArgumentException("element %s of '%s' is the token %s, and its tokens go from 0 to %s"
                        .formatted(i, name(), tokens[i], last()));
            }
        }
        MemorySegment.copy(tokens, 0, segment, ValueLayout.JAVA_INT, 0, tokens.length);
    }

    /**
     * One token of the last run.
     *
     * @param step the time step, 0 of what is no sequence
     * @param row the row of the batch
     * @param index 0
     * @throws IndexOutOfBoundsException if there is no such token
     */
    public int get(int step, int row, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_INT, at(step, row, index));
    }

    /**
     * Copies all tokens of the last run.
     *
     * @param into has room for them; what is behind them stays as it is
     * @return {@code into}
     * @throws IllegalArgumentException if it is too short
     */
    public int[] get(int[] into) {
        MemorySegment.copy(segment, ValueLayout.JAVA_INT, 0, into, 0, rowsInto(into.length));
        return into;
    }

    /** A copy of all tokens of the last run. */
    public int[] get() {
        return get(new int[rows()]);
    }

    private int last() {
        return vocabulary() - 1;
    }
}
