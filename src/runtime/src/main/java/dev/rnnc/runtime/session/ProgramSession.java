package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.TrainSettings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * A session that runs one program of a model again and again. Its states carry over from run to run, so that a sequence may
 * be given in pieces; {@link #reset} makes them zero before another one, {@link #save} and {@link #restore} keep them aside,
 * so that one session can follow many sequences in turn. Only an evaluation of a model that is not {@code stateful} starts
 * from zero each time, as its training does.
 */
public abstract class ProgramSession extends TypedSession {
    private final Program program;
    private final PortSpec[] states;
    /** The states' memory, without what is behind their last rows. */
    private final MemorySegment[] stateMemory;

    private final int stateBytes;
    /** Whether the states are what the last evaluation left, rather than what the caller gave. */
    private boolean evaluated;

    /** A session of a program, which it owns. For generated code. */
    protected ProgramSession(Program program) {
        this.program = program;
        List<PortSpec> ports = program.spec().ports().stream()
                .filter(p -> p.role() == Role.STATE)
                .toList();
        this.states = ports.toArray(PortSpec[]::new);
        this.stateMemory = new MemorySegment[states.length];
        int element = program.parameters().spec().precision().bytes();
        int bytes = 0;
        for (int i = 0; i < states.length; i++) {
            int size = program.spec().batch() * program.rowStride(states[i]) * element;
            stateMemory[i] = program.segment(states[i].name()).asSlice(0, size);
            bytes += size;
        }
        this.stateBytes = bytes;
    }

    /** Sets all states to zero, as before the first run. It allocates nothing. */
    public final void reset() {
        check();
        evaluated = false;
        for (MemorySegment state : stateMemory) {
            state.fill((byte) 0);
        }
    }

    /** Takes over weights that changed since the session was opened. */
    public final void refresh() {
        check();
        program.refresh();
    }

    /** A copy of all states. */
    public final StateSnapshot save() {
        check();
        return save(new StateSnapshot(layout(), new byte[stateBytes]));
    }

    /**
     * Copies all states into a snapshot that {@link #save()} made. It allocates nothing.
     *
     * @return {@code into}
     * @throws IllegalArgumentException if the snapshot is of another model, or of another number of rows
     */
    public final StateSnapshot save(StateSnapshot into) {
        byte[] bytes = bytes(into);
        int at = 0;
        for (MemorySegment state : stateMemory) {
            int size = (int) state.byteSize();
            MemorySegment.copy(state, ValueLayout.JAVA_BYTE, 0, bytes, at, size);
            at += size;
        }
        return into;
    }

    /**
     * Sets all states to those of a snapshot. It allocates nothing.
     *
     * @throws IllegalArgumentException if the snapshot is of another model, or of another number of rows
     */
    public final void restore(StateSnapshot snapshot) {
        byte[] bytes = bytes(snapshot);
        evaluated = false;
        int at = 0;
        for (MemorySegment state : stateMemory) {
            int size = (int) state.byteSize();
            MemorySegment.copy(bytes, at, state, ValueLayout.JAVA_BYTE, 0, size);
            at += size;
        }
    }

    /**
     * A copy of one state, [B, H].
     *
     * @param name as in the model, {@code h1.c}
     * @throws IllegalArgumentException if there is no such state; the message names those that there are
     */
    public final double[] state(String name) {
        return Ports.read(program, statePort(name), 1);
    }

    /**
     * Sets one state.
     *
     * @param name as in the model, {@code h1.c}
     * @param values [B, H]
     * @throws IllegalArgumentException if there is no such state, or the number of values does not fit
     */
    public final void state(String name, double[] values) {
        Ports.write(program, statePort(name), values, 1);
        evaluated = false;
    }

    /** Runs the program over the inputs that were given since {@link #begin}. For generated code. */
    protected final void runProgram() {
        int steps = given(program.spec().steps());
        program.run(steps);
        ran(steps);
    }

    /**
     * The same for the loss of what is given: from states of zero, or those that the caller set since the last run, unless
     * the model carries them from batch to batch. For generated code.
     */
    protected final double runForLoss() {
        TrainSettings settings = program.parameters().spec().train();
        if (evaluated && (settings == null || !settings.stateful())) {
            reset();
        }
        runProgram();
        evaluated = true;
        return program.loss();
    }

    @Override
    final void free() {
        program.close();
    }

    final Program program() {
        return program;
    }

    private PortSpec statePort(String name) {
        check();
        for (PortSpec state : states) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        throw new IllegalArgumentException("there is no state '" + name + "'; there are "
                + List.of(states).stream().map(PortSpec::name).toList());
    }

    private StateSnapshot.Layout layout() {
        return new StateSnapshot.Layout(
                program.parameters().spec().digest(), program.spec().batch());
    }

    private byte[] bytes(StateSnapshot snapshot) {
        check();
        StateSnapshot.Layout layout = snapshot.layout();
        boolean mine = snapshot.bytes().length == stateBytes
                && layout.rows() == program.spec().batch()
                && layout.digest().equals(program.parameters().spec().digest());
        if (!mine) {
            throw new IllegalArgumentException(
                    "the snapshot holds states of %s, not of this session, which has %s row(s)"
                            .formatted(
                                    layout.digest()
                                                    .equals(program.parameters()
                                                            .spec()
                                                            .digest())
                                            ? layout.rows() + " row(s)"
                                            : "another model",
                                    program.spec().batch()));
        }
        return snapshot.bytes();
    }
}
