package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;
import java.util.List;

/** What stands in a model. */
public sealed interface ModelStatement
        permits ModelStatement.Port,
                ModelStatement.Layer,
                ModelStatement.Loss,
                ModelStatement.Precision,
                ModelStatement.Train,
                Definition.Constant {
    /** Where it stands. */
    Span span();

    /** {@code input x : real[4] sequence}, or a target. */
    record Port(boolean target, Name name, PortType type, boolean sequence, Span span) implements ModelStatement {}

    /** {@code layer h = ...}, or an output. */
    record Layer(boolean output, Name name, Expression value, Span span) implements ModelStatement {}

    /** {@code loss ...}. */
    record Loss(Expression value, Span span) implements ModelStatement {}

    /** {@code precision double}. */
    record Precision(boolean weights, Name name, Span span) implements ModelStatement {}

    /** {@code train { ... }}: the words, values and calls in it, which the resolver groups into settings. */
    record Train(List<Expression> items, Span span) implements ModelStatement {
        public Train {
            items = List.copyOf(items);
        }
    }
}
