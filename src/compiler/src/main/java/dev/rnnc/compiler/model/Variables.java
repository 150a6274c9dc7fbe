package dev.rnnc.compiler.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Finds variables without recursion, since chains of them may be long. */
public final class Variables {
    private Variables() {}

    /** The variables that {@code roots} need, each behind those it needs itself; recurrences are not entered. */
    public static List<Variable> inOrder(Collection<Term> roots) {
        return inOrder(roots, variable -> false);
    }

    /** The same without those that are {@code known} and what only they need. */
    public static List<Variable> inOrder(Collection<Term> roots, Predicate<Variable> known) {
        List<Variable> ordered = new ArrayList<>();
        Set<Variable> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Variable> left = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Variable> open = new ArrayDeque<>();
        Predicate<Variable> skipped = known.or(entered::contains);
        for (Term root : roots) {
            push(root, skipped, open);
            while (!open.isEmpty()) {
                Variable variable = open.peek();
                if (entered.add(variable)) {
                    push(variable.term(), skipped, open);
                } else {
                    open.pop();
                    if (left.add(variable)) {
                        ordered.add(variable);
                    }
                }
            }
        }
        return ordered;
    }

    /** Visits a term and its operands; variables and recurrences are not entered. */
    public static void walk(Term root, Consumer<Term> visitor) {
        Deque<Term> open = new ArrayDeque<>(List.of(root));
        while (!open.isEmpty()) {
            Term term = open.pop();
            visitor.accept(term);
            Terms.operands(term).reversed().forEach(open::push);
        }
    }

    private static void push(Term root, Predicate<Variable> skipped, Deque<Variable> open) {
        walk(root, term -> {
            if (term instanceof Term.Use use && !skipped.test(use.variable())) {
                open.push(use.variable());
            }
        });
    }
}
