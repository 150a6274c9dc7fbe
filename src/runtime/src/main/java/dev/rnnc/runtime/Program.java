package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One compiled program with its memory. A program belongs to one thread at a time; parameters may be shared by many.
 *
 * <p>Layout of a port's segment: real-valued ports hold {@code [T, B, width]} (or {@code [B, width]}, or one row) with
 * each row padded to whole 64-byte lines; token ports hold one 32-bit integer per row, unpadded. Row {@code t * B + b}
 * is time step {@code t} of sequence {@code b}.
 */
public abstract class Program implements AutoCloseable {
    private final ProgramSpec spec;
    private final Parameters parameters;
    private final Arena arena = Arena.ofShared();
    private final Map<String, MemorySegment> segments = new LinkedHashMap<>();

    /** Seed of this run's dropout masks; a trainer sets another one before every step. */
    protected long seed;

    /** How many runs have begun: in every other one, kernels read weights from the other end. */
    protected int runsBegun;

    protected Program(ProgramSpec spec, Parameters parameters) {
        this.spec = spec;
        this.parameters = parameters;
    }

    /** Zeroed memory aligned to 64 bytes that lives until {@link #close}. For generated code. */
    protected final MemorySegment allocate(long bytes) {
        return arena.allocate(Math.max(64, bytes), 64);
    }

    /** Makes a segment known as the memory of a port. For generated code. */
    protected final void bind(String port, MemorySegment segment) {
        segments.put(port, segment);
    }

    /**
     * Checks the number of steps of a run, and counts the run. For generated code.
     *
     * @throws IllegalArgumentException if this program cannot take that many
     */
    protected final void beginRun(int steps) {
        if (steps < 1 || steps > spec.steps()) {
            throw new IllegalArgumentException(
                    "program " + spec.kind() + " runs 1 to " + spec.steps() + " steps, not " + steps);
        }
        runsBegun++;
    }

    /** What this program is. */
    public final ProgramSpec spec() {
        return spec;
    }

    /** The parameters it reads. */
    public final Parameters parameters() {
        return parameters;
    }

    /** The memory of a port, padded as the class comment says; a state and its gradient go by their port names. */
    public final MemorySegment segment(String port) {
        MemorySegment segment = segments.get(port);
        if (segment == null) {
            throw new IllegalArgumentException(
                    "program " + spec.kind() + " has no port '" + port + "'; it has " + segments.keySet());
        }
        return segment;
    }

    /** Elements from one row of a port to the next. */
    public final int rowStride(PortSpec port) {
        return port.element() == Element.TOKEN
                ? 1
                : parameters.spec().precision().padded(port.width());
    }

    /** Sets the seed of the dropout masks of the next run. */
    public final void seed(long seed) {
        this.seed = seed;
    }

    /** Copies the parameters into the packed forms the kernels read. Call it after the parameters changed. */
    public abstract void refresh();

    /**
     * Runs the program over the first {@code steps} time steps of its inputs.
     *
     * @param steps from 1 to {@code spec().steps()}
     */
    public abstract void run(int steps);

    /** The loss of the last run; NaN in a program without a loss. */
    public abstract double loss();

    /**
     * The gradient of the last run's loss, laid out as {@link Parameters#data}; null in a program without gradients. It may
     * be changed, but whoever writes into a table that has ports of role {@link
     * dev.rnnc.runtime.spec.Role#TOUCHED_ROWS} zeroes all rows that those do not name before the next run, which
     * zeroes no others.
     */
    public abstract MemorySegment gradients();

    /** Sets every recurrent state to zero. */
    public final void resetStates() {
        for (PortSpec port : spec.ports()) {
            if (port.role() == dev.rnnc.runtime.spec.Role.STATE) {
                segment(port.name()).fill((byte) 0);
            }
        }
    }

    /** Frees the program's memory. */
    @Override
    public final void close() {
        arena.close();
    }
}
