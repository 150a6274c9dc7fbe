package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Rows;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which inputs and targets the sequences of a model follow: a sequence has as many steps as the shortest of these. An
 * attention follows its query.
 *
 * @param bindings for each layer and output that is a sequence, the inputs and targets it follows
 * @param together all sets of inputs and targets that some value follows at once
 */
public record SequenceSources(Map<String, Set<String>> bindings, Set<Set<String>> together) {
    public SequenceSources {
        bindings = Map.copyOf(bindings);
        together = Set.copyOf(together);
    }

    /** What the sequences of this model follow. */
    public static SequenceSources of(Model model) {
        Search search = new Search();
        for (Recurrence recurrence : model.recurrences()) {
            search.add(recurrence);
        }
        Map<String, Set<String>> bindings = new HashMap<>();
        for (Model.Binding binding : model.bindings()) {
            Term term = new Term.Use(binding.variable());
            search.addVariables(List.of(term));
            if (isSequence(term)) {
                bindings.put(binding.name(), search.find(term));
            }
        }
        model.loss().ifPresent(loss -> search.addVariables(List.of(new Term.Use(loss))));
        return new SequenceSources(bindings, search.together);
    }

    private static boolean isSequence(Term term) {
        return term.type().rows() == Rows.SEQUENCE;
    }

    /** Goes through variables and recurrences in the order of their uses, so that what a term reads is known. */
    private static final class Search {
        private final Map<Variable, Set<String>> variables = new IdentityHashMap<>();
        private final Map<Recurrence, Set<String>> recurrences = new IdentityHashMap<>();
        private final Set<Set<String>> together = new HashSet<>();
        /** What the inputs of the present recurrence follow. */
        private List<Set<String>> wholes = List.of();

        void add(Recurrence recurrence) {
            List<Recurrence.Input> inputs = recurrence.inputs();
            addVariables(inputs.stream().map(Recurrence.Input::term).toList());
            wholes = inputs.stream().map(input -> find(input.term())).toList();
            addVariables(List.of(recurrence.result()));
            recurrence.states().forEach(state -> addVariables(List.of(state.next())));
            List<Term> stepped = inputs.stream()
                    .filter(i -> !i.whole())
                    .map(Recurrence.Input::term)
                    .toList();
            recurrences.put(recurrence, noted(union(stepped)));
        }

        void addVariables(Collection<Term> roots) {
            for (Variable variable : Variables.inOrder(roots, variables::containsKey)) {
                variables.put(variable, find(variable.term()));
            }
        }

        Set<String> find(Term term) {
            // Also below a value without time steps, as a loss is, sequences may meet.
            Set<String> below = switch (term) {
                case Term.Input input -> isSequence(input) ? Set.of(input.name()) : Set.of();
                case Term.Previous previous -> find(previous.of());
                case Term.WholeInput input -> wholes.get(input.index());
                case Term.Use use -> variables.get(use.variable());
                case Term.CellOutput output -> recurrences.get(output.recurrence());
                case Term.CellState state -> recurrences.get(state.recurrence());
                case Term.Attention attention -> {
                    union(List.of(attention.keys(), attention.values()));
                    yield find(attention.query());
                }
                case Term.Attend attend -> noted(union(Terms.operands(attend)));
                default -> union(Terms.operands(term));
            };
            return isSequence(term) ? noted(below) : Set.of();
        }

        private Set<String> union(List<Term> terms) {
            Set<String> names = new TreeSet<>();
            terms.forEach(t -> names.addAll(find(t)));
            return Set.copyOf(names);
        }

        private Set<String> noted(Set<String> names) {
            if (names.size() > 1) {
                together.add(names);
            }
            return names;
        }
    }
}
