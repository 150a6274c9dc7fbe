package dev.rnnc.compiler.loop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** A sum of integer variables with constant factors, and a constant: a place in a buffer, or a loop bound. */
public record Index(List<Term> terms, int constant) {
    /** {@code factor * variable}. */
    public record Term(String variable, int factor) {}

    public static final Index ZERO = new Index(List.of(), 0);

    public Index {
        terms = List.copyOf(terms);
    }

    /** A number. */
    public static Index of(int constant) {
        return new Index(List.of(), constant);
    }

    /** A variable. */
    public static Index of(String variable) {
        return new Index(List.of(new Term(variable, 1)), 0);
    }

    /** The sum of both. */
    public Index plus(Index other) {
        List<Term> sum = new ArrayList<>(terms);
        for (Term term : other.terms) {
            int at = -1;
            for (int i = 0; i < sum.size(); i++) {
                at = sum.get(i).variable.equals(term.variable) ? i : at;
            }
            if (at < 0) {
                sum.add(term);
            } else {
                sum.set(at, new Term(term.variable, sum.get(at).factor + term.factor));
            }
        }
        sum.removeIf(t -> t.factor == 0);
        return new Index(sum, Math.addExact(constant, other.constant));
    }

    /** This and a number. */
    public Index plus(int other) {
        return new Index(terms, Math.addExact(constant, other));
    }

    /** Every term times a number. */
    public Index times(int factor) {
        if (factor == 0) {
            return ZERO;
        }
        return new Index(
                terms.stream()
                        .map(t -> new Term(t.variable, Math.multiplyExact(t.factor, factor)))
                        .toList(),
                Math.multiplyExact(constant, factor));
    }

    /** This with other indices for some of the variables; its terms stand in the order of their variables. */
    public Index with(Map<String, Index> values) {
        Index sum = of(constant);
        for (Term term : terms) {
            Index value = values.get(term.variable);
            sum = sum.plus(value == null ? new Index(List.of(term), 0) : value.times(term.factor));
        }
        return new Index(
                sum.terms.stream().sorted(Comparator.comparing(Term::variable)).toList(), sum.constant);
    }

    /** Whether no variable occurs. */
    public boolean isConstant() {
        return terms.isEmpty();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Term term : terms) {
            boolean subtracted = term.factor < 0 && !text.isEmpty();
            int factor = subtracted ? -term.factor : term.factor;
            text.append(text.isEmpty() ? "" : subtracted ? " - " : " + ");
            text.append(
                    factor == 1 ? term.variable : factor == -1 ? "-" + term.variable : factor + " * " + term.variable);
        }
        if (text.isEmpty()) {
            return String.valueOf(constant);
        }
        return constant == 0 ? text.toString() : text + (constant > 0 ? " + " : " - ") + Math.abs(constant);
    }
}
