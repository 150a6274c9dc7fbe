package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Real numbers that go into or come out of a session, in a model of precision float. For generated code, which gives it the
 * name and the axes of the model.
 */
public final class FloatPort extends SessionPort {
    FloatPort(TypedSession session, Program program, String name) {
        super(session, program, name);
    }

    /**
     * Gives the one value of an input.
     *
     * @throws IllegalArgumentException if it takes more than one
     */
    public void set(float value) {
        rows(1);
        segment.set(ValueLayout.JAVA_FLOAT, 0, value);
    }

    /**
     * Gives all values of an input, [T, B, width] or as much of that as it has.
     *
     * @throws IllegalArgumentException if their number does not fit
     */
    public void set(float[] values) {
        int rows = rows(values.length);
        for (int row = 0; row < rows; row++) {
            long offset = (long) row * stride * Float.BYTES;
            MemorySegment.copy(values, row * width, segment, ValueLayout.JAVA_FLOAT, offset, width);
        }
    }

    /**
     * One value of the last run.
     *
     * @param step the time step, 0 of what is no sequence
     * @param row the row of the batch
     * @param index the place in the row
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public float get(int step, int row, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, at(step, row, index));
    }

    /**
     * Copies all values of the last run.
     *
     * @param into has room for them; what is behind them stays as it is
     * @return {@code into}
     * @throws IllegalArgumentException if it is too short
     */
    public float[] get(float[] into) {
        int rows = rowsInto(into.length);
        for (int row = 0; row < rows; row++) {
            long offset = (long) row * stride * Float.BYTES;
            MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, offset, into, row * width, width);
        }
        return into;
    }

    /** A copy of all values of the last run. */
    public float[] get() {
        return get(new float[rows() * width]);
    }
}
