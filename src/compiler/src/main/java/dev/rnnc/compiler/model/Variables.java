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

/** Finds variables without recursion, since chains of them may be long. */
public final class Variables {
    private Variables() {}

    /** The variables that {@code roots} need, each behind those it needs itself; recurrences are not entered. */
    public static List<Variable> inOrder(Collection<Term> roots) {
        List<Variable> ordered = new ArrayList<>();
        Set<Variable> entered = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Variable> open = new ArrayDeque<>();
        for (Term root : roots) {
            push(root, entered, open);
            while (!open.isEmpty()) {
                Variable variable = open.peek();
                if (entered.add(variable)) {
                    push(variable.term(), entered, open);
                } else {
                    open.pop();
                    if (!ordered.isEmpty() && ordered.getLast() == variable) {
                        continue;
                    }
                    ordered.add(variable);
                }
            }
        }
        return distinct(ordered);
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

    private static void push(Term root, Set<Variable> entered, Deque<Variable> open) {
        walk(root, term -> {
            if (term instanceof Term.Use use && !entered.contains(use.variable())) {
                open.push(use.variable());
            }
        });
    }

    private static List<Variable> distinct(List<Variable> ordered) {
        Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return ordered.stream().filter(seen::add).toList();
    }
}
