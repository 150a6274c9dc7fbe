package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Program;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What every session of a generated class is: memory off the heap that belongs to one thread at a time, until it is
 * closed. It belongs to the thread that opened it; after {@link #release} to the thread that next uses it.
 *
 * <p>Methods throw {@link IllegalStateException} after {@link #close}, {@link WrongThreadException} from a thread that
 * it does not belong to, {@link IllegalArgumentException} for values of a wrong number or range, and {@link
 * IndexOutOfBoundsException} for an index that an output does not have.
 */
public abstract class TypedSession implements AutoCloseable {
    private static final VarHandle OWNER;
    private static final VarHandle CLOSED;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(TypedSession.class, "owner", Thread.class);
            CLOSED = MethodHandles.lookup().findVarHandle(TypedSession.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Thread owner = Thread.currentThread();
    private volatile boolean closed;
    private int given;
    private SessionPort givenBy;
    private int ran;

    TypedSession() {}

    /**
     * Lets another thread take the session over, as before it goes back into a pool. The hand-over itself must order the
     * two threads, as a concurrent queue does.
     */
    public final void release() {
        check();
        OWNER.setRelease(this, null);
    }

    /** Frees the session's memory; a second time does nothing. From any thread, when no other is using the session. */
    @Override
    public final void close() {
        if (CLOSED.compareAndSet(this, false, true)) {
            OWNER.setRelease(this, null);
            free();
        }
    }

    /** Frees the memory of the programs. */
    abstract void free();

    /** The port of tokens of that name. For generated code. */
    protected final TokenPort tokens(Program program, String name) {
        return new TokenPort(this, program, name);
    }

    /** The port of real numbers of that name, in a model of precision float. For generated code. */
    protected final FloatPort floats(Program program, String name) {
        return new FloatPort(this, program, name);
    }

    /** The port of real numbers of that name, in a model of precision double. For generated code. */
    protected final DoublePort doubles(Program program, String name) {
        return new DoublePort(this, program, name);
    }

    /** Stands before the inputs of a run. For generated code. */
    protected final void begin() {
        check();
        given = 0;
        givenBy = null;
    }

    /** Refuses a thread that the session does not belong to, and every thread after it was closed. */
    final void check() {
        if (owner != Thread.currentThread()) {
            take();
        }
    }

    private void take() {
        if (closed) {
            throw new IllegalStateException(
                    "this session of " + getClass().getSimpleName() + " is closed; open another one");
        }
        if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {
            Thread other = (Thread) OWNER.getAcquire(this);
            throw new WrongThreadException("this session belongs to the thread '"
                    + (other == null ? "that just took it" : other.getName()) + "' and was used by '"
                    + Thread.currentThread().getName()
                    + "'; open a session for each thread, or call release() before another thread takes it over");
        }
    }

    /** An input says how many time steps it was given. */
    final void give(SessionPort port, int steps) {
        if (given != 0 && given != steps) {
            throw new IllegalArgumentException("the inputs have different numbers of time steps: '%s' %s, '%s' %s"
                    .formatted(givenBy.name(), given, port.name(), steps));
        }
        given = steps;
        givenBy = port;
    }

    /** Time steps of the inputs since {@link #begin}; {@code otherwise} where none of them is a sequence. */
    final int given(int otherwise) {
        return given == 0 ? otherwise : given;
    }

    /** Notes a run over that many time steps; 0 where outputs are not valid. */
    final void ran(int steps) {
        ran = steps;
    }

    /** Time steps of the last run. */
    final int ran(String what) {
        check();
        if (ran == 0) {
            throw new IllegalStateException("there is no '" + what + "' before the first run");
        }
        return ran;
    }
}
