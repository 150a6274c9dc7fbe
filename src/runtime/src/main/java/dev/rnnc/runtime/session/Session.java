package dev.rnnc.runtime.session;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run after another of one program, by the names of the model file. Values are dense arrays in the layout of {@link
 * Ports}: {@code [T, B, features]} for a sequence, {@code [B, features]} or {@code [features]} without; T is what the
 * inputs of a run have, B is fixed. States carry over from run to run until {@link #reset}. For one thread at a time.
 */
public final class Session implements AutoCloseable {
    private final Program program;
    /** Time steps of each input given so far; 0 of one that is no sequence. */
    private final Map<String, Integer> given = new LinkedHashMap<>();

    private int steps;

    Session(Program program) {
        this.program = program;
    }

    /** What is run. */
    public ProgramSpec spec() {
        return program.spec();
    }

    /**
     * Gives real numbers to an input or target; they stay for later runs.
     *
     * @throws IllegalArgumentException if there is no such input or the number of values does not fit its shape
     */
    public Session set(String name, float... values) {
        PortSpec port = input(name, Element.REAL);
        Ports.write(program, port, values, steps(port, values.length));
        return this;
    }

    /** Gives real numbers to an input or target, rounded to the model's precision; see {@link #set(String, float...)}. */
    public Session set(String name, double... values) {
        PortSpec port = input(name, Element.REAL);
        Ports.write(program, port, values, steps(port, values.length));
        return this;
    }

    /**
     * Gives tokens to an input or target; they stay for later runs.
     *
     * @throws IllegalArgumentException if there is no such input, the number of values does not fit, or a token is not
     *     below the size of the vocabulary
     */
    public Session tokens(String name, int... values) {
        PortSpec port = input(name, Element.TOKEN);
        Ports.write(program, port, values, steps(port, values.length));
        return this;
    }

    /**
     * Runs over as many time steps as the inputs have.
     *
     * @throws IllegalStateException if an input has not been given or two have different numbers of steps
     */
    public Session run() {
        List<String> missing = program.spec().ports().stream()
                .filter(Session::isInput)
                .map(PortSpec::name)
                .filter(name -> !given.containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw new IllegalStateException("nothing was given for " + missing + ": set every input before a run");
        }
        List<Integer> lengths =
                given.values().stream().filter(n -> n > 0).distinct().toList();
        if (lengths.size() > 1) {
            throw new IllegalStateException("the inputs have different numbers of time steps: "
                    + given.entrySet().stream()
                            .filter(e -> e.getValue() > 0)
                            .map(e -> "'" + e.getKey() + "' " + e.getValue())
                            .collect(Collectors.joining(", ")));
        }
        steps = lengths.isEmpty() ? program.spec().steps() : lengths.getFirst();
        program.run(steps);
        return this;
    }

    /**
     * A copy of an output, layer or state after the last run; tokens as whole numbers.
     *
     * @throws IllegalArgumentException if the program has nothing of that name
     * @throws IllegalStateException before the first run
     */
    public double[] get(String name) {
        if (steps == 0) {
            throw new IllegalStateException("there is no '" + name + "' before the first run");
        }
        return Ports.read(program, Ports.port(program, name), steps);
    }

    /** The same in floats. */
    public float[] floats(String name) {
        double[] values = get(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The loss of the last run; NaN in a program without one. */
    public double loss() {
        return program.loss();
    }

    /** Sets every state to zero, as before the first run. */
    public Session reset() {
        program.resetStates();
        return this;
    }

    /** Takes over parameters that changed since the session was opened. */
    public Session refresh() {
        program.refresh();
        return this;
    }

    /** Frees the session's memory. */
    @Override
    public void close() {
        program.close();
    }

    private PortSpec input(String name, Element element) {
        PortSpec port = Ports.port(program, name);
        if (!isInput(port)) {
            throw new IllegalArgumentException("'" + name + "' is no input but "
                    + switch (port.role()) {
                        case OUTPUT -> "an output";
                        case LAYER -> "a layer";
                        case STATE -> "a state";
                        case INPUT_GRADIENT, STATE_GRADIENT -> "a gradient";
                        case ACTIVATION -> "an activation";
                        case TOUCHED_ROWS, UNCOUNTED_ROWS -> "a list of rows";
                        case LOSS_PART, LOSS_COUNT, LOSS_TOTAL -> "a part of the loss";
                        case INPUT, TARGET -> "a port";
                    }
                    + "; inputs: "
                    + program.spec().ports().stream()
                            .filter(Session::isInput)
                            .map(PortSpec::name)
                            .toList());
        }
        if (port.element() != element) {
            throw new IllegalArgumentException(
                    element == Element.REAL
                            ? "'" + name + "' takes tokens below " + port.vocabulary() + ": give them to tokens(...)"
                            : "'" + name + "' takes real numbers: give them to set(...)");
        }
        return port;
    }

    private static boolean isInput(PortSpec port) {
        return port.role() == Role.INPUT || port.role() == Role.TARGET;
    }

    /** The time steps that {@code length} values are. */
    private int steps(PortSpec port, int length) {
        int most = program.spec().steps();
        if (port.rows() != Rows.SEQUENCE) {
            given.put(port.name(), 0);
            return most;
        }
        int row = program.spec().batch() * (port.element() == Element.TOKEN ? 1 : port.width());
        if (length == 0 || length % row != 0 || length / row > most) {
            throw new IllegalArgumentException(
                    "'%s' takes [T, %s%s] with T from 1 to %s, a multiple of %s values, not %s"
                            .formatted(
                                    port.name(),
                                    program.spec().batch(),
                                    port.element() == Element.TOKEN ? "" : ", " + port.width(),
                                    most,
                                    row,
                                    length));
        }
        given.put(port.name(), length / row);
        return length / row;
    }
}
