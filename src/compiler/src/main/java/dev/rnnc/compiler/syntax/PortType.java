package dev.rnnc.compiler.syntax;

import dev.rnnc.compiler.diag.Span;
import java.util.List;
import java.util.Optional;

/**
 * The written type of an input: {@code token(96)}, {@code real[4]}, {@code real}.
 *
 * @param vocabulary what stands in round brackets
 * @param dimensions what stands in square brackets
 */
public record PortType(Name element, Optional<Expression> vocabulary, List<Expression> dimensions, Span span) {
    public PortType {
        dimensions = List.copyOf(dimensions);
    }
}
