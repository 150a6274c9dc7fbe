package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.lang.foreign.MemorySegment;

/** An input or output of a session, found once and then used without a look-up and without allocation. */
abstract class SessionPort {
    final TypedSession session;
    final MemorySegment segment;
    /** Values of one row. */
    final int width;
    /** Elements from one row to the next. */
    final int stride;

    private final PortSpec port;
    private final int batch;
    private final int most;

    SessionPort(TypedSession session, Program program, String name) {
        this.session = session;
        this.port = Ports.port(program, name);
        this.segment = program.segment(name);
        this.width = port.element() == Element.TOKEN ? 1 : port.width();
        this.stride = program.rowStride(port);
        this.batch = port.rows() == Rows.NONE ? 1 : program.spec().batch();
        this.most = program.spec().steps();
    }

    final String name() {
        return port.name();
    }

    final int vocabulary() {
        return port.vocabulary();
    }

    /** The rows that {@code length} values are, of which a sequence tells the session its time steps. */
    final int rows(int length) {
        int step = batch * width;
        boolean sequence = port.rows() == Rows.SEQUENCE;
        boolean fits = sequence ? length > 0 && length % step == 0 && length / step <= most : length == step;
        if (!fits) {
            throw new IllegalArgumentException(
                    "'%s' takes %s, not %s".formatted(name(), expected(sequence, step), length));
        }
        if (sequence) {
            session.give(this, length / step);
        }
        return length / width;
    }

    private String expected(boolean sequence, int step) {
        String values = step == 1 ? "1 value" : step + " values";
        if (!sequence || most == 1) {
            return values;
        }
        return "[T%s%s] with T from 1 to %s, so a multiple of %s"
                .formatted(batch == 1 ? "" : ", " + batch, width == 1 ? "" : ", " + width, most, values);
    }

    /** The rows that the last run left. */
    final int rows() {
        int steps = session.ran(name());
        return port.rows() == Rows.SEQUENCE ? steps * batch : batch;
    }

    /** Where an element of the last run is. */
    final long at(int step, int row, int index) {
        int steps = port.rows() == Rows.SEQUENCE ? session.ran(name()) : Math.min(1, session.ran(name()));
        if (step < 0 || step >= steps) {
            throw outside("time step", step, steps);
        }
        if (row < 0 || row >= batch) {
            throw outside("row", row, batch);
        }
        if (index < 0 || index >= width) {
            throw outside("index", index, width);
        }
        return ((long) step * batch + row) * stride + index;
    }

    private IndexOutOfBoundsException outside(String what, int value, int bound) {
        return new IndexOutOfBoundsException(
                "%s %s of '%s' is not from 0 to %s".formatted(what, value, name(), bound - 1));
    }

    /** Rows to copy into an array of that length, which must have room for them. */
    final int rowsInto(int length) {
        int rows = rows();
        if (length < rows * width) {
            throw new IllegalArgumentException(
                    "'%s' has %s values, too many for an array of %s".formatted(name(), rows * width, length));
        }
        return rows;
    }
}
