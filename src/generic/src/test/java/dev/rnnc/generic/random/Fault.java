package dev.rnnc.generic.random;

/**
 * Something that a model shows to be wrong.
 *
 * @param kind which witness says so; a model that is made simpler must fail in the same way
 * @param what what differs
 */
record Fault(Kind kind, String what) {
    /** Whether this is likely the same thing: the same witness, and, of exceptions, the same place in the compiler. */
    boolean like(Fault other) {
        return kind == other.kind && place().equals(other.place());
    }

    private String place() {
        return switch (kind) {
            case CHECK, COMPILE, RUN -> what.substring(Math.max(0, what.lastIndexOf(" at ")));
            case MEANING, ENGINE, GRADIENT, SLOPE, FLOAT, LANES, BACKENDS, STEP, PIECES, PROGRAMS, TARGETS, SHARDS ->
                what.contains("gradient NaN") ? "NaN" : "";
        };
    }

    /** What can be wrong. */
    enum Kind {
        /** {@code check} itself ends in an exception. */
        CHECK,
        /** What {@code check} accepts does not compile. */
        COMPILE,
        /** A program ends in an exception. */
        RUN,
        /** Compiled code in double differs from what the equations mean. */
        MEANING,
        /** Compiled code in double differs from the generic engine, which runs the graph before any pass. */
        ENGINE,
        /** A gradient of compiled code in double differs from the generic engine's. */
        GRADIENT,
        /** A gradient is not the slope of the loss. */
        SLOPE,
        /** Compiled code in float is further from the one in double than rounding explains. */
        FLOAT,
        /** Code for two lane counts gives different bits. */
        LANES,
        /** The two backends give different bits. */
        BACKENDS,
        /** A program that makes one step after another differs from what the equations mean. */
        STEP,
        /** A sequence in pieces differs from what the equations mean. */
        PIECES,
        /** A program of another kind, as the one that trains with dropout, differs from the generic engine. */
        PROGRAMS,
        /** Targets beyond the end of what they are compared with change the loss. */
        TARGETS,
        /** Shards of a batch together differ from the batch. */
        SHARDS
    }
}
