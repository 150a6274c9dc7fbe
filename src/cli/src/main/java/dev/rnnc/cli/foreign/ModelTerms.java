package dev.rnnc.cli.foreign;

import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.model.Recurrence;
import dev.rnnc.compiler.model.Term;
import dev.rnnc.compiler.model.Terms;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All terms of a model: where each is used, and which parameters each recurrence reads. */
final class ModelTerms {
    private final Model model;
    private final List<Term> results = new ArrayList<>();
    private final List<Term> losses = new ArrayList<>();
    private final Map<Term, List<Term>> users = new IdentityHashMap<>();
    private final Set<Term> roots = Collections.newSetFromMap(new IdentityHashMap<>());

    ModelTerms(Model model) {
        this.model = model;
        Map<Term, Boolean> seen = new IdentityHashMap<>();
        model.bindings().forEach(binding -> {
            TermEvaluator.visit(binding.variable().term(), seen, results::add);
            if (binding.output()) {
                roots.add(Terms.behindVariables(binding.variable().term()));
            }
        });
        for (Recurrence recurrence : model.recurrences()) {
            recurrence.inputs().forEach(input -> root(input.term(), seen));
            recurrence.states().forEach(state -> state.initial().ifPresent(initial -> root(initial, seen)));
            equations(recurrence).forEach(term -> root(term, seen));
        }
        model.loss().ifPresent(loss -> TermEvaluator.visit(loss.term(), seen, losses::add));
        for (Term term : results) {
            Terms.operands(term)
                    .forEach(operand -> users.computeIfAbsent(Terms.behindVariables(operand), _ -> new ArrayList<>())
                            .add(term));
        }
    }

    private void root(Term term, Map<Term, Boolean> seen) {
        TermEvaluator.visit(term, seen, results::add);
        roots.add(Terms.behindVariables(term));
    }

    /** All that outputs, layers and recurrences are made of, operands first. */
    List<Term> results() {
        return results;
    }

    /** What the loss alone is made of. */
    List<Term> losses() {
        return losses;
    }

    /** What a term is an operand of, outside of the loss; variables are looked through. */
    List<Term> users(Term term) {
        return users.getOrDefault(term, List.of());
    }

    /** Whether a term is an output, or what a recurrence reads. */
    boolean isRoot(Term term) {
        return roots.contains(term);
    }

    List<Recurrence> recurrences() {
        return model.recurrences();
    }

    private static List<Term> equations(Recurrence recurrence) {
        List<Term> equations = new ArrayList<>();
        recurrence.states().forEach(state -> equations.add(state.next()));
        equations.add(recurrence.result());
        return equations;
    }

    /** The parameters in the equations of a recurrence. */
    Set<String> parameters(Recurrence recurrence) {
        Set<String> names = new LinkedHashSet<>();
        Map<Term, Boolean> seen = new IdentityHashMap<>();
        equations(recurrence)
                .forEach(equation -> TermEvaluator.visit(equation, seen, term -> {
                    if (term instanceof Term.Parameter parameter) {
                        names.add(parameter.name());
                    }
                }));
        return names;
    }
}
