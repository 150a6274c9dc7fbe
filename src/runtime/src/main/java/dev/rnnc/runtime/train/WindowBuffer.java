package dev.rnnc.runtime.train;

import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/** Holds the inputs and targets of a whole window, from which programs of fewer steps or rows take their parts. */
final class WindowBuffer extends Program {
    /** What follows a sequence's name in the name of the port with the lengths of its rows. */
    static final String LENGTHS = ".lengths";

    /** @param part a program that is run over parts of the window */
    WindowBuffer(Program part, int steps, int batch, Parameters parameters) {
        super(
                new ProgramSpec(
                        ProgramKind.TRAINING,
                        steps,
                        batch,
                        part.spec().ports().stream()
                                .filter(p -> p.role() == Role.INPUT || p.role() == Role.TARGET)
                                .toList()),
                parameters);
        for (PortSpec port : spec().ports()) {
            bind(port.name(), allocate((long) rows(port, steps, batch) * rowBytes(port)));
        }
    }

    /** Sets all inputs and targets to zero. */
    void clear() {
        spec().ports().forEach(port -> segment(port.name()).fill((byte) 0));
    }

    /**
     * Writes a part of the window into a program: the rows from {@code firstRow} on, as many as the program has, over
     * {@code steps} steps from {@code from} on. Lengths become those within the part.
     */
    void copyTo(Program program, int firstRow, int from, int steps) {
        int rows = program.spec().batch();
        int batch = spec().batch();
        for (PortSpec port : spec().ports()) {
            MemorySegment source = segment(port.name());
            MemorySegment target = program.segment(port.name());
            long row = rowBytes(port);
            switch (port.rows()) {
                case NONE -> MemorySegment.copy(source, 0, target, 0, row);
                case BATCH -> {
                    MemorySegment.copy(source, firstRow * row, target, 0, rows * row);
                    if (port.name().endsWith(LENGTHS)) {
                        cutLengths(target, rows, from, steps);
                    }
                }
                case SEQUENCE -> {
                    if (rows == batch) {
                        MemorySegment.copy(source, (long) from * batch * row, target, 0, (long) steps * rows * row);
                    } else {
                        for (int t = 0; t < steps; t++) {
                            long at = ((long) (from + t) * batch + firstRow) * row;
                            MemorySegment.copy(source, at, target, (long) t * rows * row, rows * row);
                        }
                    }
                }
            }
        }
    }

    /**
     * Writes for each row of the window how many steps its loss looks at: the length of its longest target, or all {@code
     * steps}; 1 where a target is no sequence.
     *
     * @return whether they are steps
     */
    boolean targets(int[] perRow, int steps) {
        List<PortSpec> targets = spec().ports().stream()
                .filter(p -> p.role() == Role.TARGET && !p.name().endsWith(LENGTHS))
                .toList();
        if (targets.isEmpty() || targets.stream().anyMatch(p -> p.rows() != Rows.SEQUENCE)) {
            Arrays.fill(perRow, 1);
            return false;
        }
        Arrays.fill(perRow, 0);
        for (PortSpec port : targets) {
            String lengths = port.name() + LENGTHS;
            boolean ragged = spec().ports().stream().anyMatch(p -> p.name().equals(lengths));
            for (int row = 0; row < perRow.length; row++) {
                int own = ragged ? Math.min(steps, segment(lengths).getAtIndex(ValueLayout.JAVA_INT, row)) : steps;
                perRow[row] = Math.max(perRow[row], own);
            }
        }
        return true;
    }

    private static void cutLengths(MemorySegment lengths, int rows, int from, int steps) {
        for (int row = 0; row < rows; row++) {
            int length = lengths.getAtIndex(ValueLayout.JAVA_INT, row);
            lengths.setAtIndex(ValueLayout.JAVA_INT, row, Math.max(0, Math.min(steps, length - from)));
        }
    }

    private static int rows(PortSpec port, int steps, int batch) {
        return switch (port.rows()) {
            case NONE -> 1;
            case BATCH -> batch;
            case SEQUENCE -> Math.multiplyExact(steps, batch);
        };
    }

    private long rowBytes(PortSpec port) {
        return port.element() == Element.TOKEN
                ? Integer.BYTES
                : (long) rowStride(port) * parameters().spec().precision().bytes();
    }

    @Override
    public void refresh() {}

    @Override
    public void run(int steps) {
        throw new UnsupportedOperationException("a window is data, not a program");
    }

    @Override
    public double loss() {
        return Double.NaN;
    }

    @Override
    public MemorySegment gradients() {
        return null;
    }
}
