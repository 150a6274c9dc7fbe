package dev.rnnc.compiler.model;

/**
 * A named value. Compared by identity: two variables of one name in two instances of a cell are different.
 */
public final class Variable {
    private final String layer;
    private final String name;
    private final String equation;
    private final int line;
    private final Term term;

    /**
     * @param layer the layer or cell instance it belongs to
     * @param name as written, {@code c'} for a state's new value
     * @param equation the defining equation as written; empty if there is none of its own
     * @param line its line in the model's own file, or that of the call that leads to its file
     * @param term its value
     */
    public Variable(String layer, String name, String equation, int line, Term term) {
        this.layer = layer;
        this.name = name;
        this.equation = equation;
        this.line = line;
        this.term = term;
    }

    /** The layer or cell instance it belongs to. */
    public String layer() {
        return layer;
    }

    /** As written. */
    public String name() {
        return name;
    }

    /** The defining equation as written. */
    public String equation() {
        return equation;
    }

    /** The line of the equation. */
    public int line() {
        return line;
    }

    /** Its value. */
    public Term term() {
        return term;
    }

    @Override
    public String toString() {
        return layer + "." + name;
    }
}
