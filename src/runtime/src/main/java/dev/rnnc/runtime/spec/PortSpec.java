package dev.rnnc.runtime.spec;

import java.util.List;

/**
 * A named door of a model.
 *
 * @param name the name in the model file; a state is {@code LAYER.STATE}, as in {@code h1.c}
 * @param role what the port is for
 * @param element real numbers or token indices
 * @param rows the row axes in front of {@code shape}
 * @param shape the feature shape of one row; empty for tokens and scalars
 * @param vocabulary number of distinct tokens; 0 for real-valued ports
 */
public record PortSpec(String name, Role role, Element element, Rows rows, List<Integer> shape, int vocabulary) {
    public PortSpec {
        shape = List.copyOf(shape);
    }

    /** What the names of ports of role {@link Role#TOUCHED_ROWS} begin with. */
    public static final String TOUCHED = "touched.";

    /** The name of the port of role {@link Role#TOUCHED_ROWS} of a parameter's lookup, counted from 0. */
    public static String touched(String parameter, int lookup) {
        return TOUCHED + parameter + (lookup == 0 ? "" : "#" + (lookup + 1));
    }

    /** What the names of ports with gradients begin with; the name of an input or a state follows. */
    public static final String GRADIENT = "grad.";

    /** What the names of ports of the role {@link Role#LOSS_PART} begin with; a number follows, or {@link #SUM}. */
    public static final String LOSS_PART = "loss.part.";

    /** What the names of ports of the role {@link Role#LOSS_COUNT} begin with; the number of their part follows. */
    public static final String LOSS_COUNT = "loss.count.";

    /** What the names of ports of the role {@link Role#LOSS_TOTAL} begin with; the number of their part follows. */
    public static final String LOSS_TOTAL = "loss.total.";

    /** Instead of a number, the part of a loss that is divided by nothing. */
    public static final String SUM = "sum";

    /** The name of the port of role {@link Role#UNCOUNTED_ROWS}. */
    public static final String UNCOUNTED_ROWS = "loss.uncounted";

    /** Elements in one row. */
    public int width() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }
}
