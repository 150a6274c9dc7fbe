package dev.rnnc.compiler.model;

import java.util.List;
import java.util.Optional;

/**
 * One call of a cell with state. Compared by identity.
 */
public final class Recurrence {
    private final String name;
    private final String cell;
    private final int line;
    private final boolean backward;
    private final List<Input> inputs;
    private final List<State> states;
    private final List<Variable> variables;
    private final Term result;

    /**
     * @param name the instance's name, which its states and parameters carry: {@code h1}
     * @param cell the cell's name
     * @param line the line of the call
     * @param backward whether it runs from the last step to the first
     * @param inputs what flows in
     * @param states what is carried
     * @param variables the equations of one step, definitions before their uses
     * @param result the value of one step
     */
    public Recurrence(
            String name,
            String cell,
            int line,
            boolean backward,
            List<Input> inputs,
            List<State> states,
            List<Variable> variables,
            Term result) {
        this.name = name;
        this.cell = cell;
        this.line = line;
        this.backward = backward;
        this.inputs = List.copyOf(inputs);
        this.states = List.copyOf(states);
        this.variables = List.copyOf(variables);
        this.result = result;
    }

    /**
     * An input.
     *
     * @param name its name in the cell
     * @param term a term outside of the recurrence; without time steps it is the same at each step
     * @param whole whether each step gets all of its steps, rather than its own
     */
    public record Input(String name, Term term, boolean whole) {}

    /**
     * A state.
     *
     * @param name its name in the cell
     * @param type {@code [B, H]}
     * @param initial its value before the first step; where absent the caller of the program says (zero at first)
     * @param next its value after a step, a term of one step
     */
    public record State(String name, TermType type, Optional<Term> initial, Term next) {}

    public String name() {
        return name;
    }

    public String cell() {
        return cell;
    }

    public int line() {
        return line;
    }

    /** Whether it runs from the last step to the first. */
    public boolean backward() {
        return backward;
    }

    public List<Input> inputs() {
        return inputs;
    }

    public List<State> states() {
        return states;
    }

    public List<Variable> variables() {
        return variables;
    }

    public Term result() {
        return result;
    }

    /** The index of a state, or -1. */
    public int indexOf(String state) {
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).name().equals(state)) {
                return i;
            }
        }
        return -1;
    }

    /** The name of a state outside of the recurrence: {@code h1.c}. */
    public String stateName(int index) {
        return name + "." + states.get(index).name();
    }
}
