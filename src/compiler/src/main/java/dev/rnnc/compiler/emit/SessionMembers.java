package dev.rnnc.compiler.emit;

import dev.rnnc.compiler.emit.SessionClass.Form;
import dev.rnnc.compiler.emit.SessionClass.Parameter;
import dev.rnnc.compiler.emit.SessionClass.Port;
import dev.rnnc.compiler.emit.SessionClass.Read;
import dev.rnnc.compiler.names.Names;
import dev.rnnc.runtime.session.DoublePort;
import dev.rnnc.runtime.session.FloatPort;
import dev.rnnc.runtime.session.TokenPort;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects the fields of a session class, the inputs of its next method, and the methods that read. */
final class SessionMembers {
    private static final Map<Class<?>, Class<?>> ARRAYS =
            Map.of(int.class, int[].class, float.class, float[].class, double.class, double[].class);

    private final Precision precision;
    private final ProgramSpec program;
    private final Names fields = Names.visible();
    private final Names methods;
    private final List<Port> ports = new ArrayList<>();
    private final List<Port> inputs = new ArrayList<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();

    /**
     * @param base the class's base class
     * @param program whose steps and batch its ports have
     * @param runs names of the methods that run it
     */
    SessionMembers(Class<?> base, Precision precision, ProgramSpec program, String... runs) {
        this.precision = precision;
        this.program = program;
        this.methods = Names.methods(base);
        List.of(runs).forEach(methods::unique);
        methods.unique(SessionClass.OUTPUTS);
    }

    /** A port that the next method gives a value to. */
    void input(PortSpec spec, boolean encoder) {
        Port port = port(spec, encoder);
        Class<?> element = element(spec);
        List<String> axes = axes(spec);
        Class<?> type = axes.isEmpty() ? element : ARRAYS.get(element);
        inputs.add(port);
        parameters.add(new Parameter(port.field(), type, "{@code %s}, %s".formatted(spec.name(), what(spec, axes))));
    }

    /** A port that methods read. */
    Port output(PortSpec spec) {
        Port port = port(spec, false);
        String name = methods.unique(spec.name());
        Class<?> element = element(spec);
        List<String> axes = axes(spec);
        List<Parameter> indices = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        for (String axis : List.of("step", "row", "index")) {
            places.add(axes.contains(axis) ? indices.size() : -1);
            if (axes.contains(axis)) {
                indices.add(new Parameter(axis, int.class, range(axis, spec)));
            }
        }
        String values = "{@code %s} of the last run, %s".formatted(spec.name(), what(spec, axes));
        if (axes.isEmpty()) {
            reads.add(new Read(name, values, port, Form.ELEMENT, List.of(), places, element, "the value"));
            return port;
        }
        Class<?> array = ARRAYS.get(element);
        String one = "One value of {@code %s} of the last run".formatted(spec.name());
        reads.add(new Read(name, one, port, Form.ELEMENT, indices, places, element, "the value"));
        reads.add(new Read(name, "A copy of " + values, port, Form.COPY, List.of(), List.of(), array, "a new array"));
        Parameter into = new Parameter("into", array, "has room for them");
        reads.add(new Read(name, "Copies " + values, port, Form.INTO, List.of(into), List.of(), array, "{@code into}"));
        return port;
    }

    /** Ends the inputs of a method; those that follow are another's. */
    void nextMethod() {
        inputs.clear();
        parameters.clear();
    }

    List<Port> ports() {
        return ports;
    }

    /** Ports of the inputs since the last method. */
    List<Port> inputs() {
        return inputs;
    }

    List<Parameter> parameters() {
        return parameters;
    }

    List<Read> reads() {
        return reads;
    }

    private Port port(PortSpec spec, boolean encoder) {
        Class<?> type = spec.element() == Element.TOKEN
                ? TokenPort.class
                : precision == Precision.FLOAT ? FloatPort.class : DoublePort.class;
        String factory =
                spec.element() == Element.TOKEN ? "tokens" : precision == Precision.FLOAT ? "floats" : "doubles";
        Port port = new Port(fields.unique(spec.name()), spec.name(), type, factory, encoder);
        ports.add(port);
        return port;
    }

    private Class<?> element(PortSpec spec) {
        return spec.element() == Element.TOKEN ? int.class : precision == Precision.FLOAT ? float.class : double.class;
    }

    /** The axes along which a port has more than one value. */
    private List<String> axes(PortSpec spec) {
        List<String> axes = new ArrayList<>();
        if (spec.rows() == Rows.SEQUENCE && program.steps() > 1) {
            axes.add("step");
        }
        if (spec.rows() != Rows.NONE && program.batch() > 1) {
            axes.add("row");
        }
        if (spec.element() == Element.REAL && !spec.shape().isEmpty()) {
            axes.add("index");
        }
        return axes;
    }

    /** {@code [T, 32] tokens below 96}. */
    private String what(PortSpec spec, List<String> axes) {
        List<String> sizes = new ArrayList<>();
        for (String axis : axes) {
            sizes.add(
                    switch (axis) {
                        case "step" -> "T";
                        case "row" -> String.valueOf(program.batch());
                        default -> String.valueOf(spec.width());
                    });
        }
        String shape = axes.isEmpty() ? "one " : sizes + " ";
        String kind = axes.isEmpty() ? "" : "s";
        boolean bounded = spec.element() == Element.TOKEN && spec.vocabulary() < Integer.MAX_VALUE;
        return shape
                + (spec.element() == Element.TOKEN ? (bounded ? "token" : "whole number") : "value")
                + kind
                + (bounded ? " below " + spec.vocabulary() : "");
    }

    private String range(String axis, PortSpec spec) {
        return switch (axis) {
            case "step" -> "the time step, from 0";
            case "row" -> "the row of the batch, below " + program.batch();
            default -> "the place in the row, below " + spec.width();
        };
    }
}
