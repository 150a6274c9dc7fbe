package dev.rnnc.compiler.graph;

/**
 * The place in a model that a value comes from; generated code takes its names and comments from it.
 *
 * @param layer the layer, as in {@code h1}; empty outside layers
 * @param name the variable the value was bound to, as in {@code c'} or {@code dc}; empty for intermediate values
 * @param equation the equation as written in the model, for comments; empty if there is none
 * @param line line in the model's own file: of the equation or, where it stands in another file, of the call that leads to
 *     it; 0 if unknown
 */
public record Origin(String layer, String name, String equation, int line) {
    public static final Origin NONE = new Origin("", "", "", 0);

    /** The same place under another variable name. */
    public Origin named(String other) {
        return new Origin(layer, other, equation, line);
    }

    @Override
    public String toString() {
        return layer.isEmpty() ? name : name.isEmpty() ? layer : layer + "." + name;
    }
}
