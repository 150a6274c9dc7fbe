package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.diag.Span;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expression.Operator;
import java.util.Map;

/**
 * Says numbers of elements by the names of a cell's sizes.
 *
 * @param names the name of each size
 */
record Sizes(Map<Integer, String> names) {
    static final Span NOWHERE = new Span(new SourceText("", ""), 0, 0);
    private static final int MOST_TIMES = 12;

    Sizes {
        names = Map.copyOf(names);
    }

    /** {@code H}, {@code 3 * H}, or the number itself where it is no multiple of a size. */
    Expression of(int size) {
        if (names.containsKey(size)) {
            return name(names.get(size));
        }
        for (Map.Entry<Integer, String> entry : names.entrySet()) {
            if (size > 0 && size % entry.getKey() == 0 && size / entry.getKey() <= MOST_TIMES) {
                return new Expression.Binary(
                        NOWHERE, Operator.MULTIPLY, number(size / entry.getKey()), name(entry.getValue()));
            }
        }
        return number(size);
    }

    /** Whether {@link #of} has a name for a number. */
    boolean isMultiple(double value) {
        return value > 0 && names.keySet().stream().anyMatch(size -> value % size == 0 && value / size <= MOST_TIMES);
    }

    static Expression name(String text) {
        boolean primed = text.endsWith("'");
        return new Expression.Name(NOWHERE, primed ? text.substring(0, text.length() - 1) : text, primed);
    }

    static Expression number(double value) {
        String text = value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.valueOf(value).replace("E", "e");
        return new Expression.Number(NOWHERE, value, text);
    }
}
