package dev.rnnc.compiler.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Recurrent layers that stand one on the other. Other frameworks have such a stack in one module, with dropout between its
 * layers.
 */
public final class RecurrentChains {
    private final Map<Recurrence, String> layers = new LinkedHashMap<>();

    /** Layers that more than one layer of their cell stands on. */
    private final Set<String> forks = new HashSet<>();

    private RecurrentChains() {}

    /**
     * The chains of a model: each layer but the first of a chain is a call of the same cell as the one before, in the same
     * directions, and reads nothing but its result, with or without dropout; and nothing else reads the steps of that
     * result, which a module of several layers does not give away. A layer without neighbours is a chain of its own.
     */
    public static List<List<String>> of(Model model) {
        RecurrentChains search = new RecurrentChains();
        List<List<String>> chains = search.search(model);
        return cut(chains, search.readElsewhere(model, chains));
    }

    /**
     * The same, whatever else reads the layers within a chain: whoever looks into a module has such a model. Where two
     * layers might be the next one, the chain ends.
     */
    public static List<List<String>> whole(Model model) {
        RecurrentChains search = new RecurrentChains();
        List<List<String>> chains = search.search(model);
        return cut(chains, search.forks);
    }

    private static List<List<String>> cut(List<List<String>> chains, Set<String> behind) {
        List<List<String>> cut = new ArrayList<>();
        for (List<String> chain : chains) {
            int from = 0;
            for (int i = 1; i < chain.size(); i++) {
                if (behind.contains(chain.get(i - 1))) {
                    cut.add(chain.subList(from, i));
                    from = i;
                }
            }
            cut.add(chain.subList(from, chain.size()));
        }
        return cut.stream().map(List::copyOf).toList();
    }

    private List<List<String>> search(Model model) {
        Map<String, List<Recurrence>> directions = new LinkedHashMap<>();
        for (Recurrence recurrence : model.recurrences()) {
            String layer = recurrence.name().replaceFirst("\\.(forward|backward)$", "");
            layers.put(recurrence, layer);
            directions.computeIfAbsent(layer, _ -> new ArrayList<>()).add(recurrence);
        }
        List<List<String>> chains = new ArrayList<>();
        directions.forEach((layer, recurrences) -> {
            Optional<String> other =
                    below(recurrences.getFirst()).filter(name -> sameCell(recurrences, directions.get(name)));
            Optional<List<String>> below = other.flatMap(name -> chains.stream()
                    .filter(chain -> chain.getLast().equals(name))
                    .findFirst());
            if (other.isPresent() && below.isEmpty()) {
                forks.add(other.get());
            }
            below.ifPresentOrElse(chain -> chain.add(layer), () -> chains.add(new ArrayList<>(List.of(layer))));
        });
        return chains.stream().map(List::copyOf).toList();
    }

    private static boolean sameCell(List<Recurrence> one, List<Recurrence> other) {
        boolean bothWays = one.size() == 2;
        return one.size() == other.size()
                && one.getFirst().cell().equals(other.getFirst().cell())
                // A layer that runs backward alone has no counterpart.
                && (bothWays || !one.getFirst().backward() && !other.getFirst().backward());
    }

    /** The layer whose result, and nothing else, a recurrence reads. */
    private Optional<String> below(Recurrence recurrence) {
        if (recurrence.inputs().size() != 1 || recurrence.inputs().getFirst().whole()) {
            return Optional.empty();
        }
        return layer(recurrence.inputs().getFirst().term());
    }

    private Optional<String> layer(Term term) {
        return switch (term) {
            case Term.Use use -> layer(use.variable().term());
            case Term.Dropout dropout -> layer(dropout.operand());
            case Term.CellOutput output -> Optional.of(layers.get(output.recurrence()));
            case Term.CellState state ->
                isResult(state) ? Optional.of(layers.get(state.recurrence())) : Optional.empty();
            case Term.Directions both ->
                layer(both.forward())
                        .filter(name ->
                                layer(both.backward()).filter(name::equals).isPresent());
            default -> Optional.empty();
        };
    }

    /** The layers whose steps something else reads than the layer behind them in their chain. */
    private Set<String> readElsewhere(Model model, List<List<String>> chains) {
        Set<String> read = new HashSet<>();
        Set<Variable> seen = new HashSet<>();
        for (Model.Binding binding : model.bindings()) {
            Term term = binding.variable().term();
            // A layer's statement is no use of it.
            if (binding.output() || layer(term).isEmpty()) {
                uses(term, seen, read);
            }
        }
        model.loss().ifPresent(loss -> uses(loss.term(), seen, read));
        for (Recurrence recurrence : model.recurrences()) {
            String name = layers.get(recurrence);
            List<String> chain =
                    chains.stream().filter(c -> c.contains(name)).findFirst().orElseThrow();
            int place = chain.indexOf(name);
            for (Recurrence.Input input : recurrence.inputs()) {
                boolean next = place > 0 && layer(input.term()).equals(Optional.of(chain.get(place - 1)));
                if (!next) {
                    uses(input.term(), seen, read);
                }
            }
            recurrence.states().forEach(state -> state.initial().ifPresent(initial -> uses(initial, seen, read)));
        }
        return read;
    }

    private void uses(Term term, Set<Variable> seen, Set<String> read) {
        Optional<String> layer = layer(term);
        if (layer.isPresent()) {
            read.add(layer.get());
        } else if (term instanceof Term.Use use) {
            if (seen.add(use.variable())) {
                uses(use.variable().term(), seen, read);
            }
        } else if (!isFinal(term)) {
            Terms.operands(term).forEach(operand -> uses(operand, seen, read));
        }
    }

    /** Whether it is the last step of a layer that runs forward: its final state, which a module gives for each layer. */
    private static boolean isFinal(Term term) {
        return term instanceof Term.Step step
                && step.index() == -1
                && Terms.behindVariables(step.operand()) instanceof Term.CellState state
                && !state.recurrence().backward();
    }

    private static boolean isResult(Term.CellState state) {
        Term next = state.recurrence().states().get(state.index()).next();
        return Terms.behindVariables(next)
                == Terms.behindVariables(state.recurrence().result());
    }
}
