package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Program;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Real numbers that go into or come out of a session, in a model of precision double. For generated code, which gives it the
 * name and the axes of the model.
 */
public final class DoublePort extends SessionPort {
    DoublePort(TypedSession session, Program program, String name) {
        super(session, program, name);
    }

    /**
     * Gives the one value of an input.
     *
     * @throws IllegalArgumentException if it takes more than one
     */
    public void set(double value) {
        rows(1);
        segment.set(ValueLayout.JAVA_DOUBLE, 0, value);
    }

    /**
     * Gives all values of an input, [T, B, width] or as much of that as it has.
     *
     * @throws IllegalArgumentException if their number does not fit
     */
    public void set(double[] values) {
        int rows = rows(values.length);
        for (int row = 0; row < rows; row++) {
            long offset = (long) row * stride * Double.BYTES;
            MemorySegment.copy(values, row * width, segment, ValueLayout.JAVA_DOUBLE, offset, width);
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
    public double get(int step, int row, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_DOUBLE, at(step, row, index));
    }

    /**
     * Copies all values of the last run.
     *
     * @param into has room for them; what is behind them stays as it is
     * @return {@code into}
     * @throws IllegalArgumentException if it is too short
     */
    public double[] get(double[] into) {
        int rows = rowsInto(into.length);
        for (int row = 0; row < rows; row++) {
            long offset = (long) row * stride * Double.BYTES;
            MemorySegment.copy(segment, ValueLayout.JAVA_DOUBLE, offset, into, row * width, width);
        }
        return into;
    }

    /** A copy of all values of the last run. */
    public double[] get() {
        return get(new double[rows() * width]);
    }
}
