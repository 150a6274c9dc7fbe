package dev.rnnc.generic;

/**
 * The first value of a run that is NaN or infinite though all that it was computed from is finite; or an input that is.
 *
 * @param layer the layer it belongs to; empty outside layers
 * @param name the variable it is, or the first of its layer that it made bad too; an input's name; empty if none
 * @param equation the equation as written in the model; empty if there is none
 * @param line the equation's line in the model's own file, 0 if unknown
 * @param input whether it was given as an input
 * @param step its time step, counted from 0; -1 if it has none
 * @param row its row, counted from 0; -1 if it has none
 * @param value NaN or an infinity
 */
public record NonFiniteValue(
        String layer, String name, String equation, int line, boolean input, int step, int row, double value) {
    NonFiniteValue named(String other) {
        return new NonFiniteValue(layer, other, equation, line, input, step, row, value);
    }

    /** As in {@code Infinity in layer h1, f, of 'f = exp(...)' in line 7}; without step and row. */
    @Override
    public String toString() {
        if (input) {
            return value + " in the data of '" + name + "'";
        }
        String where = (layer.isEmpty() ? "" : " in layer " + layer) + (name.isEmpty() ? "" : " in " + name);
        String source = equation.isEmpty() ? "" : " of '" + equation + "'" + (line > 0 ? " in line " + line : "");
        return value + where + source;
    }
}
