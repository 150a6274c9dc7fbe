package dev.rnnc.compiler.loop;

/** What a call hands to a kernel's parameter. */
public sealed interface Argument {
    /** A buffer. */
    record Memory(Buffer buffer) implements Argument {}

    /** An integer, over the variables of the enclosing loops and {@code steps}. */
    record Number(Index index) implements Argument {}

    /** {@code index} rounded down to a multiple. */
    record RoundedDown(Index index, int multiple) implements Argument {}

    /** 1 where {@code index} is even, -1 where it is odd. */
    record EveryOther(Index index) implements Argument {}

    /** 1 in one run of the program, -1 in the next. */
    record EveryOtherRun() implements Argument {}

    /** The seed of the run's dropout masks. */
    record Seed() implements Argument {}
}
