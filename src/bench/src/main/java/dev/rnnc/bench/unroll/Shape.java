package dev.rnnc.bench.unroll;

import dev.rnnc.runtime.spec.ProgramKind;
import java.util.List;
import java.util.Locale;

/**
 * A layer in one size.
 *
 * @param cell a cell of the library whose result has the size of its input, or that is told its size
 * @param hidden units, and inputs
 * @param steps time steps
 * @param batch sequences
 * @param program what is run
 */
record Shape(String cell, int hidden, int steps, int batch, ProgramKind program) {
    /** What the table shows: small layers first, where unrolling may pay, then layers where it should not. */
    static final List<Shape> ALL = List.of(
            new Shape("indrnn", 4, 64, 1, ProgramKind.SEQUENCE),
            new Shape("indrnn", 16, 64, 1, ProgramKind.SEQUENCE),
            new Shape("indrnn", 64, 64, 1, ProgramKind.SEQUENCE),
            new Shape("indrnn", 256, 64, 1, ProgramKind.SEQUENCE),
            new Shape("indrnn", 16, 64, 8, ProgramKind.SEQUENCE),
            new Shape("indrnn", 16, 64, 1, ProgramKind.TRAINING),
            new Shape("indrnn", 64, 64, 1, ProgramKind.TRAINING),
            new Shape("indrnn", 16, 8, 1, ProgramKind.SEQUENCE),
            new Shape("sru", 16, 64, 1, ProgramKind.SEQUENCE),
            new Shape("sru", 64, 64, 1, ProgramKind.SEQUENCE),
            new Shape("rnn", 4, 64, 1, ProgramKind.SEQUENCE),
            new Shape("rnn", 16, 64, 1, ProgramKind.SEQUENCE),
            new Shape("rnn", 16, 16, 1, ProgramKind.TRAINING),
            new Shape("rnn", 64, 64, 8, ProgramKind.TRAINING),
            new Shape("gru", 8, 64, 1, ProgramKind.SEQUENCE),
            new Shape("gru", 16, 64, 1, ProgramKind.SEQUENCE),
            new Shape("gru", 32, 32, 4, ProgramKind.TRAINING),
            new Shape("lstm", 4, 64, 1, ProgramKind.SEQUENCE),
            new Shape("lstm", 16, 64, 1, ProgramKind.SEQUENCE),
            new Shape("lstm", 64, 64, 1, ProgramKind.SEQUENCE),
            new Shape("lstm", 16, 64, 1, ProgramKind.TRAINING),
            new Shape("lstm", 16, 32, 8, ProgramKind.TRAINING),
            new Shape("lstm", 128, 32, 1, ProgramKind.SEQUENCE),
            new Shape("lstm", 128, 16, 16, ProgramKind.TRAINING));

    /** Cell, units, steps, sequences, program. */
    String name() {
        return "%s-%d-t%d-b%d-%s"
                .formatted(cell, hidden, steps, batch, program.name().toLowerCase(Locale.ROOT));
    }

    /** The model, which has a loss so that it can be trained. */
    String text() {
        String call = cell.equals("sru") ? "sru(x)" : "%s(x, %d)".formatted(cell, hidden);
        return """
                model Bench {
                  input  x : real[%d] sequence
                  output h = %s
                  loss sum(h * h)
                  train { steps %d  batch %d }
                }
                """.formatted(hidden, call, steps, batch);
    }
}
