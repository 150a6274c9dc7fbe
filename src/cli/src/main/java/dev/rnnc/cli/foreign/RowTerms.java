package dev.rnnc.cli.foreign;

import dev.rnnc.cli.foreign.TermEvaluator.UnknownTermException;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * The terms of a model that are made of the variables of one layer of a file, and their values.
 *
 * @param terms all of the model
 * @param names the parameters that have the layer's variables
 * @param parameters their values
 */
record RowTerms(ModelTerms terms, List<String> names, Function<Term.Parameter, double[]> parameters) {
    private static final double[] SCALES = {0.5, 2, 12};

    /** Terms above one that reads a variable among which the layer's result is looked for. */
    private static final int MOST_TERMS = 200;

    /** Rows of an input, the last of them large enough for the limits of activations. */
    static List<double[]> rows(int size) {
        List<double[]> rows = new ArrayList<>();
        for (double scale : SCALES) {
            SplittableRandom numbers = new SplittableRandom(rows.size());
            double[] row = new double[size];
            for (int i = 0; i < size; i++) {
                row[i] = scale * (2 * numbers.nextDouble() - 1);
            }
            rows.add(row);
        }
        return rows;
    }

    /** These terms and what is made of them, the nearest first. */
    List<Term> above(List<Term> start) {
        Set<Term> found = identities(start);
        List<Term> open = new ArrayList<>(start);
        for (int i = 0; i < open.size() && open.size() < MOST_TERMS; i++) {
            for (Term user : terms.users(open.get(i))) {
                if (found.add(user)) {
                    open.add(user);
                }
            }
        }
        return open;
    }

    static Set<Term> identities(List<Term> terms) {
        Set<Term> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(terms);
        return set;
    }

    /** The values of a term for each row of an input, where it depends on nothing else. */
    Optional<List<double[]>> values(Term term, Term input, List<double[]> rows) {
        try {
            List<double[]> values = new ArrayList<>();
            for (double[] row : rows) {
                TermEvaluator evaluator = new TermEvaluator(leaf -> {
                    if (Terms.behindVariables(leaf) == input) {
                        return Optional.of(row);
                    }
                    // What other parameters are in belongs to other layers.
                    return leaf instanceof Term.Parameter parameter && names.contains(parameter.name())
                            ? Optional.of(parameters.apply(parameter))
                            : Optional.empty();
                });
                values.add(evaluator.value(term));
            }
            return Optional.of(values);
        } catch (UnknownTermException e) {
            return Optional.empty();
        }
    }

    /** Whether a term has these values. */
    static boolean same(Optional<List<double[]>> values, List<double[]> expected) {
        if (values.isEmpty()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!KerasCellCheck.close(expected.get(i), values.get().get(i))) {
                return false;
            }
        }
        return true;
    }
}
