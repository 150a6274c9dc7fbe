package dev.rnnc.compiler.emit;

import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Optional;

/**
 * A class of sessions, nested in the model's class. Its constructor takes what its base takes; it has a field for each
 * port, methods that run the program, and methods that read what a run left.
 *
 * @param name simple name of the class
 * @param factory name of the method of the model's class that opens one
 * @param base the class of the runtime that does the work
 * @param opens what a new session holds
 * @param kind the program that it runs; of a generation, the decoding
 * @param comment what it does, as it follows "a session that"
 * @param ports its fields
 * @param runs the methods that run the program
 * @param reads the methods that read a result
 * @param draw the method that draws tokens, where there is one
 * @param outputs name of the record, nested in the model's class, that the method {@code outputs()} returns
 */
public record SessionClass(
        String name,
        String factory,
        Class<?> base,
        Opens opens,
        ProgramKind kind,
        String comment,
        List<Port> ports,
        List<Run> runs,
        List<Read> reads,
        Optional<Draw> draw,
        String outputs) {
    /** What the constructor of a session takes. */
    public enum Opens {
        /** A program. */
        PROGRAM,
        /** A program and the settings of a training. */
        TRAINING,
        /** The two programs of a generator. */
        GENERATOR
    }

    public SessionClass {
        ports = List.copyOf(ports);
        runs = List.copyOf(runs);
        reads = List.copyOf(reads);
    }

    /** Name of the method that returns all outputs as a record. */
    public static final String OUTPUTS = "outputs";

    /** Places for arguments that the JVM gives a method, itself not counted; a double takes two. */
    public static final int MOST_ARGUMENTS = 254;

    /** The methods that give whole outputs: the components of the record; empty where there is no such record. */
    public List<Read> components() {
        List<Read> components =
                reads.stream().filter(read -> read.parameters().isEmpty()).toList();
        int places = components.stream()
                .mapToInt(read -> read.returns() == double.class ? 2 : 1)
                .sum();
        return places > MOST_ARGUMENTS ? List.of() : components;
    }

    /**
     * A field: a port of a program.
     *
     * @param field the field's name
     * @param port the port's name in the model
     * @param type the runtime's class for it
     * @param factory the method of the base class that finds it
     * @param encoder whether it belongs to a generator's encoder; else to the one program or the decoder
     */
    public record Port(String field, String port, Class<?> type, String factory, boolean encoder) {}

    /** A parameter of a method. */
    public record Parameter(String name, Class<?> type, String comment) {}

    /**
     * A method that gives its arguments to ports and calls a method of the base class.
     *
     * @param name the method's name
     * @param comment what it does
     * @param inputs one for each parameter: the port that takes it
     * @param parameters as many
     * @param calls the method of the base class
     * @param returns {@code double.class} where it returns what that returns, {@code void.class} where it returns the
     *     session itself
     * @param result what it returns
     */
    public record Run(
            String name,
            String comment,
            List<Port> inputs,
            List<Parameter> parameters,
            String calls,
            Class<?> returns,
            String result) {
        public Run {
            inputs = List.copyOf(inputs);
            parameters = List.copyOf(parameters);
        }
    }

    /**
     * A method that returns something of a port.
     *
     * @param name the method's name
     * @param comment what it returns
     * @param port where it is
     * @param form how it is read
     * @param parameters of the method
     * @param axes of an element, for time step, row and index the number of the parameter that gives it, -1 where it is 0
     * @param returns the type of what the method returns
     * @param result what it returns
     */
    public record Read(
            String name,
            String comment,
            Port port,
            Form form,
            List<Parameter> parameters,
            List<Integer> axes,
            Class<?> returns,
            String result) {
        public Read {
            parameters = List.copyOf(parameters);
            axes = List.copyOf(axes);
        }
    }

    /** How a result is read. */
    public enum Form {
        /** One value. */
        ELEMENT,
        /** A new array. */
        COPY,
        /** An array of the caller's. */
        INTO
    }

    /**
     * The method {@code generate(length, temperature, seed)} of a generation that feeds itself tokens.
     *
     * @param fed the port that takes the last tokens
     * @param scores the port with the scores of the next
     * @param start what stands before the first token
     * @param single whether there is one row, so that the tokens are an {@code int[]} rather than an {@code int[][]}
     */
    public record Draw(Port fed, Port scores, int start, boolean single) {
        /** What the method does. */
        public static final String COMMENT = "Makes steps, each from a token drawn from the scores of the step before.";

        /** The method's parameters. */
        public static final List<Parameter> PARAMETERS = List.of(
                new Parameter("length", int.class, "how many tokens to draw, from 0 on"),
                new Parameter(
                        "temperature",
                        double.class,
                        "0 takes the likeliest token each time, 1 draws as the model says"),
                new Parameter("seed", long.class, "of the draws; the same seed gives the same tokens"));
    }
}
