package dev.rnnc.cli.data;

import dev.rnnc.runtime.spec.Element;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * All values of a field, sequence by sequence: {@code [step, width]}, doubles or provisional tokens.
 *
 * @param values off the heap, mapped from a file where they are many
 * @param starts for each sequence its first step, and at the end the number of all steps
 * @param dictionary what gave the tokens; null for numbers
 */
public record Series(Field field, MemorySegment values, long[] starts, Dictionary dictionary) {
    /** Steps of a sequence. */
    long length(int sequence) {
        return starts[sequence + 1] - starts[sequence];
    }

    /** A number: value {@code i} of a step, counted over all sequences. */
    double real(long step, int i) {
        return values.getAtIndex(ValueLayout.JAVA_DOUBLE, step * field.width() + i);
    }

    /** The provisional token of a step. */
    int token(long step) {
        return values.getAtIndex(ValueLayout.JAVA_INT, step);
    }

    /** Whether two steps hold the same. */
    boolean same(long step, long other) {
        if (field.element() == Element.TOKEN) {
            return token(step) == token(other);
        }
        for (int i = 0; i < field.width(); i++) {
            if (real(step, i) != real(other, i)) {
                return false;
            }
        }
        return true;
    }

    /** Bytes of one step. */
    static long stepBytes(Field field) {
        return field.element() == Element.TOKEN ? Integer.BYTES : (long) Double.BYTES * field.width();
    }
}
