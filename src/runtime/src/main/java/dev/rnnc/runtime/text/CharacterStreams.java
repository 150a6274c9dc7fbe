package dev.rnnc.runtime.text;

import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.train.BatchSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A text, of characters or words, as {@code batch} streams of equal length that lie one behind the other: row {@code b} of a window goes on
 * where row {@code b} of the window before ended, and the target of each symbol is the next one. Up to {@code batch}
 * symbols at the text's end are left out, so that all streams have the same length.
 */
public final class CharacterStreams implements BatchSource {
    private final MemorySegment tokens;
    private final int steps;
    private final int batch;
    private final boolean stateful;
    private final String input;
    private final String target;
    private final long streamLength;
    private final int[] buffer;

    /**
     * Streams for training: the text must fill one window.
     *
     * @param tokens the text, encoded
     * @param steps time steps of a window, T
     * @param batch number of streams, B
     * @param stateful whether windows carry the state on; if not, every window starts a sequence
     * @param input name of the input port, tokens [T, B]; the target's where the model reads that, a step later
     * @param target name of the target port, tokens [T, B]
     * @throws IllegalArgumentException if the text is shorter than {@code steps * batch + 1} symbols
     */
    public CharacterStreams(int[] tokens, int steps, int batch, boolean stateful, String input, String target) {
        this(MemorySegment.ofArray(tokens.clone()), steps, batch, stateful, input, target, steps);
    }

    /**
     * Streams for training over a text that need not fit into memory.
     *
     * @param tokens the text, encoded: 32-bit integers, aligned to 4 bytes, for example of a mapped file
     */
    public CharacterStreams(MemorySegment tokens, int steps, int batch, boolean stateful, String input, String target) {
        this(tokens, steps, batch, stateful, input, target, steps);
    }

    /**
     * Streams for evaluation, which may be shorter than a window: one symbol and its successor in each stream will do.
     *
     * @throws IllegalArgumentException if the text is shorter than {@code batch + 1} symbols
     */
    public static CharacterStreams evaluation(
            int[] tokens, int steps, int batch, boolean stateful, String input, String target) {
        return evaluation(MemorySegment.ofArray(tokens.clone()), steps, batch, stateful, input, target);
    }

    /** Streams for evaluation over a text that need not fit into memory. */
    public static CharacterStreams evaluation(
            MemorySegment tokens, int steps, int batch, boolean stateful, String input, String target) {
        return new CharacterStreams(tokens, steps, batch, stateful, input, target, 1);
    }

    private CharacterStreams(
            MemorySegment tokens, int steps, int batch, boolean stateful, String input, String target, int shortest) {
        if (steps < 1 || batch < 1) {
            throw new IllegalArgumentException(
                    "steps and batch must be at least 1, but are " + steps + " and " + batch);
        }
        long needed = (long) shortest * batch + 1;
        long length = tokens.byteSize() / Integer.BYTES;
        if (length < needed) {
            throw new IllegalArgumentException("the text has " + length + " symbols, but one batch of " + batch
                    + " streams of " + shortest + " symbols, with the symbol that follows, needs " + needed
                    + "; give a longer text, or lower 'steps' or 'batch' in train {}");
        }
        this.tokens = tokens;
        this.steps = steps;
        this.batch = batch;
        this.stateful = stateful;
        this.input = input;
        this.target = target;
        this.streamLength = (length - 1) / batch;
        this.buffer = new int[Math.multiplyExact(steps, batch)];
    }

    @Override
    public int windows() {
        return Math.toIntExact((streamLength + steps - 1) / steps);
    }

    @Override
    public int load(int window, Program program) {
        if (program.spec().batch() != batch || program.spec().steps() < steps) {
            throw new IllegalArgumentException(
                    "the program takes " + program.spec().batch() + " streams of up to "
                            + program.spec().steps() + " steps, but the text is cut into " + batch + " of " + steps);
        }
        int length = length(window);
        if (!input.equals(target)) {
            write(window, length, 0, program, input);
        }
        write(window, length, 1, program, target);
        return length;
    }

    @Override
    public boolean startsSequence(int window) {
        return !stateful || window == 0;
    }

    @Override
    public long elements(int window) {
        return (long) length(window) * batch;
    }

    private int length(int window) {
        if (window < 0 || window >= windows()) {
            throw new IllegalArgumentException("there are windows 0 to " + (windows() - 1) + ", not " + window);
        }
        return (int) Math.min(steps, streamLength - (long) window * steps);
    }

    private void write(int window, int length, int shift, Program program, String name) {
        PortSpec port = Ports.port(program, name);
        for (int stream = 0; stream < batch; stream++) {
            long start = stream * streamLength + (long) window * steps + shift;
            for (int step = 0; step < length; step++) {
                int token = tokens.getAtIndex(ValueLayout.JAVA_INT, start + step);
                if (token < 0 || token >= port.vocabulary()) {
                    throw new IllegalArgumentException(
                            "the text has token " + token + ", but port '" + name + "' takes 0 to "
                                    + (port.vocabulary() - 1) + "; use the vocabulary the model was made for");
                }
                buffer[step * batch + stream] = token;
            }
        }
        MemorySegment.copy(buffer, 0, program.segment(name), ValueLayout.JAVA_INT, 0, length * batch);
    }
}
