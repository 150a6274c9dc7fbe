package dev.rnnc.runtime.generate;

import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Lets a model with {@code previous(...)} continue from its own outputs, all sequences of a batch at once. The encoder
 * reads the data and is run once; the decoder then makes one step after another. The caller writes what each step is fed
 * with, and reads the outputs of the step:
 *
 * <pre>{@code
 * Ports.write(generator.encoder(), input, data, steps);
 * generator.start(steps);
 * for (...) {
 *     Ports.write(generator.decoder(), words, last, 1);    // [B], the start token at first
 *     generator.step();
 *     double[] scores = Ports.read(generator.decoder(), logits, 1);    // [B, V]
 * }
 * }</pre>
 *
 * <p>The encoder's outputs have the names of decoder inputs: the states at the start, what attention looks at, and
 * sequences {@code [T, B, ...]} of which each step reads its own row {@code [B, ...]}. A generator belongs to one thread
 * at a time.
 */
public final class Generator implements AutoCloseable {
    /** What stands before a state's name in the name of the decoder's output that holds the state after the step. */
    public static final String NEXT = "next.";

    private final Program encoder;
    private final Program decoder;
    private final Map<String, PortSpec> decoderInputs = new HashMap<>();
    private int steps;
    private int made;

    /**
     * A generator with memory of its own.
     *
     * @param model holds {@link ProgramKind#ENCODING} and {@link ProgramKind#DECODING}
     * @param parameters the weights
     * @throws IllegalArgumentException if the class does not hold these programs
     */
    public Generator(CompiledModel model, Parameters parameters) {
        this.encoder = model.newProgram(ProgramKind.ENCODING, parameters);
        this.decoder = model.newProgram(ProgramKind.DECODING, parameters);
        for (PortSpec port : decoder.spec().ports()) {
            if (port.role() == Role.INPUT) {
                decoderInputs.put(port.name(), port);
            }
        }
    }

    /** Reads the data: its inputs are the model's. */
    public Program encoder() {
        return encoder;
    }

    /** Makes the steps: among its inputs are those that are fed back, among its outputs those to feed back. */
    public Program decoder() {
        return decoder;
    }

    /**
     * Runs the encoder over its inputs and stands before the first step.
     *
     * @param dataSteps time steps of the inputs, T; 1 where none is a sequence
     */
    public void start(int dataSteps) {
        encoder.refresh();
        decoder.refresh();
        encoder.resetStates();
        encoder.run(dataSteps);
        steps = dataSteps;
        made = 0;
        for (PortSpec port : decoder.spec().ports()) {
            if (port.role() == Role.OUTPUT && port.name().startsWith(NEXT)) {
                decoder.segment(state(port)).fill((byte) 0);
            }
        }
        for (PortSpec port : encoder.spec().ports()) {
            if (port.role() == Role.OUTPUT && !isPerStep(port) && decoderInputs.containsKey(port.name())) {
                copy(encoder.segment(port.name()), 0, decoder.segment(port.name()), bytes(port));
            }
        }
    }

    /**
     * Makes one step, after the inputs that are fed back were written to {@link #decoder}.
     *
     * @throws IllegalStateException before {@link #start}, or where the step reads a sequence of the data that has ended
     */
    public void step() {
        if (steps == 0) {
            throw new IllegalStateException("start the generator before its first step");
        }
        for (PortSpec port : encoder.spec().ports()) {
            if (port.role() == Role.OUTPUT && isPerStep(port)) {
                if (made >= steps) {
                    throw new IllegalStateException("each step reads a step of the data, and these have " + steps);
                }
                long row = bytes(decoderInputs.get(port.name()));
                copy(encoder.segment(port.name()), made * row, decoder.segment(port.name()), row);
            }
        }
        if (made > 0) {
            for (PortSpec port : decoder.spec().ports()) {
                if (port.role() == Role.OUTPUT && port.name().startsWith(NEXT)) {
                    copy(decoder.segment(port.name()), 0, decoder.segment(state(port)), bytes(port));
                }
            }
        }
        decoder.run(steps);
        made++;
    }

    @Override
    public void close() {
        encoder.close();
        decoder.close();
    }

    private static String state(PortSpec next) {
        return next.name().substring(NEXT.length());
    }

    /** Whether each step reads a row of its own of this sequence of the encoder's. */
    private boolean isPerStep(PortSpec port) {
        PortSpec read = decoderInputs.get(port.name());
        return port.rows() == Rows.SEQUENCE && read != null && read.rows() == Rows.BATCH;
    }

    /** The memory of a port's rows, of a sequence those of the data's steps. */
    private long bytes(PortSpec port) {
        long rows = switch (port.rows()) {
            case NONE -> 1;
            case BATCH -> decoder.spec().batch();
            case SEQUENCE -> (long) steps * decoder.spec().batch();
        };
        int element = port.element() == Element.TOKEN
                ? Integer.BYTES
                : decoder.parameters().spec().precision().bytes();
        return rows * decoder.rowStride(port) * element;
    }

    private static void copy(MemorySegment from, long offset, MemorySegment to, long bytes) {
        MemorySegment.copy(from, offset, to, 0, bytes);
    }
}
