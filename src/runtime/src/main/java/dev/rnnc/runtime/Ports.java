package dev.rnnc.runtime;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Role;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies between dense arrays and the padded segments of a program's ports. A dense array holds {@code [T, B, width]}
 * for a port with a row per time step, {@code [B, width]} for a port with a row per sequence and {@code [width]} for
 * one without rows, T being the {@code steps} given; tokens have width 1.
 */
public final class Ports {
    private Ports() {}

    /**
     * The port of that name.
     *
     * @throws IllegalArgumentException if the program has no such port
     */
    public static PortSpec port(Program program, String name) {
        for (PortSpec port : program.spec().ports()) {
            if (port.name().equals(name)) {
                return port;
            }
        }
        throw new IllegalArgumentException("program " + program.spec().kind() + " has no port '" + name + "'; it has "
                + program.spec().ports().stream().map(PortSpec::name).toList());
    }

    /** Length of the dense array of a port for that many time steps. */
    public static int length(Program program, PortSpec port, int steps) {
        if (steps < 1 || steps > program.spec().steps()) {
            throw new IllegalArgumentException("program " + program.spec().kind() + " takes 1 to "
                    + program.spec().steps() + " time steps, not " + steps);
        }
        return Math.multiplyExact(rows(program, port, steps), width(port));
    }

    /** Writes real numbers. */
    public static void write(Program program, PortSpec port, float[] dense, int steps) {
        check(program, port, Element.REAL, dense.length, steps);
        MemorySegment segment = program.segment(port.name());
        int width = port.width();
        int stride = program.rowStride(port);
        int rows = rows(program, port, steps);
        switch (program.parameters().spec().precision()) {
            case FLOAT -> {
                for (int row = 0; row < rows; row++) {
                    MemorySegment.copy(dense, row * width, segment, ValueLayout.JAVA_FLOAT, 4L * row * stride, width);
                }
            }
            case DOUBLE -> {
                for (int row = 0; row < rows; row++) {
                    for (int i = 0; i < width; i++) {
                        segment.setAtIndex(ValueLayout.JAVA_DOUBLE, (long) row * stride + i, dense[row * width + i]);
                    }
                }
            }
        }
    }

    /** Writes real numbers, rounded to the model's precision. */
    public static void write(Program program, PortSpec port, double[] dense, int steps) {
        check(program, port, Element.REAL, dense.length, steps);
        MemorySegment segment = program.segment(port.name());
        int width = port.width();
        int stride = program.rowStride(port);
        int rows = rows(program, port, steps);
        switch (program.parameters().spec().precision()) {
            case FLOAT -> {
                for (int row = 0; row < rows; row++) {
                    for (int i = 0; i < width; i++) {
                        segment.setAtIndex(
                                ValueLayout.JAVA_FLOAT, (long) row * stride + i, (float) dense[row * width + i]);
                    }
                }
            }
            case DOUBLE -> {
                for (int row = 0; row < rows; row++) {
                    MemorySegment.copy(dense, row * width, segment, ValueLayout.JAVA_DOUBLE, 8L * row * stride, width);
                }
            }
        }
    }

    /**
     * Writes tokens.
     *
     * @throws IllegalArgumentException if a token is not below the port's vocabulary size; nothing is then written
     */
    public static void write(Program program, PortSpec port, int[] dense, int steps) {
        check(program, port, Element.TOKEN, dense.length, steps);
        for (int i = 0; i < dense.length; i++) {
            if (dense[i] < 0 || dense[i] >= port.vocabulary()) {
                throw new IllegalArgumentException("element " + i + " for port '" + port.name() + "' is " + dense[i]
                        + ", but its tokens go from 0 to " + (port.vocabulary() - 1));
            }
        }
        MemorySegment.copy(dense, 0, program.segment(port.name()), ValueLayout.JAVA_INT, 0, dense.length);
    }

    /** A dense copy of a port's first {@code steps} time steps; tokens as whole numbers. */
    public static double[] read(Program program, PortSpec port, int steps) {
        double[] dense = new double[length(program, port, steps)];
        MemorySegment segment = program.segment(port.name());
        int width = width(port);
        int stride = program.rowStride(port);
        Precision precision = program.parameters().spec().precision();
        for (int i = 0; i < dense.length; i++) {
            long at = (long) (i / width) * stride + i % width;
            dense[i] = switch (port.element()) {
                case TOKEN -> segment.getAtIndex(ValueLayout.JAVA_INT, at);
                case REAL ->
                    switch (precision) {
                        case FLOAT -> segment.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                        case DOUBLE -> segment.getAtIndex(ValueLayout.JAVA_DOUBLE, at);
                    };
            };
        }
        return dense;
    }

    /** A dense copy of a gradient over all the program's time steps; see {@link #gradient(Program, String, int)}. */
    public static double[] gradient(Program program, String name) {
        return gradient(program, name, program.spec().steps());
    }

    /**
     * A dense copy of the gradient of a parameter, or of a port of role {@link Role#INPUT_GRADIENT} or
     * {@link Role#STATE_GRADIENT}.
     *
     * @param name the parameter's or the gradient port's name
     * @param steps time steps of the last run
     * @throws IllegalArgumentException if the program computes no such gradient
     */
    public static double[] gradient(Program program, String name, int steps) {
        for (PortSpec port : program.spec().ports()) {
            boolean gradient = port.role() == Role.INPUT_GRADIENT || port.role() == Role.STATE_GRADIENT;
            if (gradient && port.name().equals(name)) {
                return read(program, port, steps);
            }
        }
        MemorySegment gradients = program.gradients();
        if (gradients == null) {
            throw new IllegalArgumentException("program " + program.spec().kind() + " computes no gradients");
        }
        Parameters parameters = program.parameters();
        return parameters.read(gradients, parameters.slice(name));
    }

    private static int rows(Program program, PortSpec port, int steps) {
        return switch (port.rows()) {
            case NONE -> 1;
            case BATCH -> program.spec().batch();
            case SEQUENCE -> Math.multiplyExact(steps, program.spec().batch());
        };
    }

    private static int width(PortSpec port) {
        return port.element() == Element.TOKEN ? 1 : port.width();
    }

    private static void check(Program program, PortSpec port, Element given, int length, int steps) {
        if (port.element() != given) {
            throw new IllegalArgumentException("port '" + port.name() + "' takes "
                    + (given == Element.TOKEN ? "real numbers, not tokens" : "tokens, not real numbers"));
        }
        int expected = length(program, port, steps);
        if (length != expected) {
            String shape = switch (port.rows()) {
                case NONE -> "";
                case BATCH -> program.spec().batch() + " x ";
                case SEQUENCE -> steps + " x " + program.spec().batch() + " x ";
            };
            throw new IllegalArgumentException("port '" + port.name() + "' takes " + shape + width(port) + " = "
                    + expected + " values for " + steps + " time steps, but " + length + " were given");
        }
    }
}
