package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The elements of a gradient that may differ from zero: of tables that a program looks few rows up in, those rows alone
 * ({@link Role#TOUCHED_ROWS}); of all else, everything. They are kept as ranges of elements of arrays laid out like
 * {@link Parameters#data}: ascending, disjoint, of whole 64-byte lines, so that work that goes through them takes the
 * elements in the order and groups in which it would go through all. What sums up, scales or adds zeros to the same bits
 * may leave out the rest.
 *
 * <p>An extent belongs to one thread while it changes and until that has asked for {@link #ranges}; then any may read it. It
 * starts as everything.
 */
public final class GradientExtent {
    private final ModelSpec model;
    private final List<Table> tables = new ArrayList<>();
    private final int elements;
    /** A row of zeros as long as the longest. */
    private final MemorySegment zeros;

    private boolean everything = true;
    private boolean current;
    private int[] starts = new int[1];
    private int[] ends = new int[1];
    private int count;

    /** A parameter with the ports that tell its rows, and the rows as a set of bits. */
    private record Table(ParameterSpec parameter, int rows, int width, List<PortSpec> ports, long[] touched) {
        int start(int row) {
            return Math.toIntExact(parameter.offset() + (long) row * width);
        }
    }

    /**
     * An extent of what that program computes.
     *
     * @param program one with gradients; without ports of role {@link Role#TOUCHED_ROWS} the extent is always everything
     */
    public GradientExtent(ModelSpec model, ProgramSpec program) {
        this.model = model;
        this.elements = Math.toIntExact(model.parameterElements());
        for (ParameterSpec parameter : model.parameters()) {
            List<PortSpec> ports = new ArrayList<>();
            for (PortSpec port : program.ports()) {
                if (port.role() == Role.TOUCHED_ROWS
                        && port.name().equals(PortSpec.touched(parameter.name(), ports.size()))) {
                    ports.add(port);
                }
            }
            if (!ports.isEmpty()) {
                int rows = parameter.shape().getFirst();
                tables.add(new Table(parameter, rows, parameter.shape().getLast(), ports, new long[(rows + 63) / 64]));
            }
        }
        int widest = tables.stream().mapToInt(Table::width).max().orElse(0);
        this.zeros = MemorySegment.ofArray(new long[(widest * model.precision().bytes() + 7) / 8]);
    }

    /** All elements of a model's gradient. */
    public GradientExtent(ModelSpec model) {
        this.model = model;
        this.elements = Math.toIntExact(model.parameterElements());
        this.zeros = MemorySegment.NULL;
    }

    /** Whether it may ever be less than everything. */
    public boolean isSparse() {
        return !tables.isEmpty();
    }

    /** Makes it all elements. */
    public void everything() {
        everything = true;
        current = false;
    }

    /** Leaves no row of a table in it, to {@link #add(Program) add} some. */
    public void clear() {
        everything = tables.isEmpty();
        tables.forEach(table -> Arrays.fill(table.touched, 0));
        current = false;
    }

    /** Adds the rows that the gradient of a program's last run has; a program of the kind this extent was made for. */
    public void add(Program program) {
        current = false;
        for (int t = 0; t < tables.size(); t++) {
            Table table = tables.get(t);
            for (int p = 0; p < table.ports.size(); p++) {
                PortSpec port = table.ports.get(p);
                MemorySegment rows = program.segment(port.name());
                int listed = switch (port.rows()) {
                    case NONE -> 1;
                    case BATCH -> program.spec().batch();
                    case SEQUENCE -> program.spec().steps() * program.spec().batch();
                };
                for (int i = 0; i < listed; i++) {
                    int row = rows.getAtIndex(ValueLayout.JAVA_INT, i);
                    table.touched[row >> 6] |= 1L << row;
                }
            }
        }
    }

    /** Adds what is in another extent of the same program and model. */
    public void add(GradientExtent other) {
        everything |= other.everything;
        current = false;
        for (int t = 0; t < tables.size(); t++) {
            long[] touched = tables.get(t).touched;
            long[] more = other.tables.get(t).touched;
            for (int i = 0; i < touched.length; i++) {
                touched[i] |= more[i];
            }
        }
    }

    /** Zeroes the tables' rows that are in it in an array, so that the tables are zero there if they were so elsewhere. */
    public void zeroRows(MemorySegment array) {
        long bytes = model.precision().bytes();
        for (int t = 0; t < tables.size(); t++) {
            Table table = tables.get(t);
            if (everything) {
                array.asSlice(table.parameter.offset() * bytes, (long) table.rows * table.width * bytes)
                        .fill((byte) 0);
                continue;
            }
            for (int row = next(table.touched, 0); row >= 0; row = next(table.touched, row + 1)) {
                MemorySegment.copy(zeros, 0, array, table.start(row) * bytes, table.width * bytes);
            }
        }
    }

    /** Copies the elements that are in it from one array to another. */
    public void copy(MemorySegment from, MemorySegment to) {
        long bytes = model.precision().bytes();
        for (int i = 0; i < ranges(); i++) {
            MemorySegment.copy(from, starts[i] * bytes, to, starts[i] * bytes, (ends[i] - starts[i]) * bytes);
        }
    }

    /** The number of ranges. */
    public int ranges() {
        if (!current) {
            rebuild();
        }
        return count;
    }

    /** The first range that ends behind an element; {@link #ranges} where none does. */
    public int rangeBehind(int element) {
        int low = 0;
        int high = ranges();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > element) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The first element of a range. */
    public int start(int range) {
        ranges();
        return starts[range];
    }

    /** The element behind the last one of a range. */
    public int end(int range) {
        ranges();
        return ends[range];
    }

    /** The number of elements in all ranges. */
    public long size() {
        long size = 0;
        for (int i = 0; i < ranges(); i++) {
            size += ends[i] - starts[i];
        }
        return size;
    }

    private void rebuild() {
        current = true;
        count = 0;
        if (everything) {
            range(0, elements);
            return;
        }
        int line = model.precision().elementsPerLine();
        int done = 0;
        for (int t = 0; t < tables.size(); t++) {
            Table table = tables.get(t);
            range(done, table.start(0));
            for (int row = next(table.touched, 0); row >= 0; row = next(table.touched, row + 1)) {
                int end = Math.ceilDiv(table.start(row + 1), line) * line;
                range(table.start(row) / line * line, Math.min(end, elements));
            }
            done = Math.min(Math.ceilDiv(table.start(table.rows), line) * line, elements);
        }
        range(done, elements);
    }

    /** Adds a range that starts no earlier than the last one does. */
    private void range(int start, int end) {
        if (start >= end) {
            return;
        }
        if (count > 0 && start <= ends[count - 1]) {
            ends[count - 1] = Math.max(ends[count - 1], end);
            return;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, 2 * count);
            ends = Arrays.copyOf(ends, 2 * count);
        }
        starts[count] = start;
        ends[count] = end;
        count++;
    }

    /** The first bit that is set from {@code from} on, or -1. */
    private static int next(long[] bits, int from) {
        int word = from >> 6;
        if (word >= bits.length) {
            return -1;
        }
        long rest = bits[word] & -1L << from;
        while (rest == 0) {
            if (++word == bits.length) {
                return -1;
            }
            rest = bits[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(rest);
    }
}
