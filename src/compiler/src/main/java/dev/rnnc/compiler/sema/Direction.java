package dev.rnnc.compiler.sema;

import java.util.List;
import java.util.Locale;

/** The ways a cell with state runs along a sequence. */
enum Direction {
    FORWARD,
    BACKWARD,
    /** {@code bidirectional(...)}: two instances, {@code NAME.forward} and {@code NAME.backward}. */
    BOTH;

    /** What runs: this, or the two directions. */
    List<Direction> parts() {
        return this == BOTH ? List.of(FORWARD, BACKWARD) : List.of(this);
    }

    /** As in {@code h.forward}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
