package dev.rnnc.compiler.graph;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The type of a value: its row axes and the feature shape of one row. Within a {@link Op.Body} (one time step) no value
 * has {@link Rows#SEQUENCE} but what is made of a sequence that is invariant: all its steps at each step.
 *
 * @param element real numbers or tokens
 * @param rows row axes
 * @param shape feature dimensions of one row: {@code []}, {@code [F]}, or {@code [M, K]} for parameters
 */
public record Type(Element element, Rows rows, List<Integer> shape) {
    public Type {
        shape = List.copyOf(shape);
    }

    /** A real-valued type. */
    public static Type real(Rows rows, Integer... shape) {
        return new Type(Element.REAL, rows, List.of(shape));
    }

    /** One token per row. */
    public static Type token(Rows rows) {
        return new Type(Element.TOKEN, rows, List.of());
    }

    /** The same features over other rows. */
    public Type withRows(Rows other) {
        return new Type(element, other, shape);
    }

    /** The same rows with other features. */
    public Type withShape(List<Integer> other) {
        return new Type(element, rows, other);
    }

    /** Whether one row is a single number. */
    public boolean isScalar() {
        return shape.isEmpty();
    }

    /** Elements of one row. */
    public int width() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    @Override
    public String toString() {
        String axes = rows == Rows.NONE ? "" : rows == Rows.BATCH ? "B" : "T, B";
        String features = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
        String joined = axes.isEmpty() || features.isEmpty() ? axes + features : axes + ", " + features;
        return (element == Element.TOKEN ? "token" : "real") + "[" + joined + "]";
    }
}
