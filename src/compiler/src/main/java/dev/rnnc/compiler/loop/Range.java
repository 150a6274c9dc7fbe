package dev.rnnc.compiler.loop;

import java.util.Map;

/** The numbers from {@code low} to {@code high}, both included: what an index may be. */
record Range(long low, long high) {
    static Range of(long number) {
        return new Range(number, number);
    }

    /** All values of {@code index}, each variable for itself. */
    static Range of(Index index, Map<String, Range> variables) {
        long low = index.constant();
        long high = index.constant();
        for (Index.Term term : index.terms()) {
            Range range = variables.get(term.variable());
            if (range == null) {
                throw new IllegalStateException("'" + term.variable() + "' is not in scope in " + index);
            }
            low += term.factor() * (term.factor() > 0 ? range.low : range.high);
            high += term.factor() * (term.factor() > 0 ? range.high : range.low);
        }
        return new Range(low, high);
    }
}
