package dev.rnnc.compiler.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recurrent layers that stand one on the other. Other frameworks have such a stack in one module, with dropout between its
 * layers.
 */
public final class RecurrentChains {
    private final Map<Recurrence, String> layers = new LinkedHashMap<>();

    private RecurrentChains() {}

    /**
     * The chains of a model: each layer but the first of a chain is a call of the same cell as the one before, in the same
     * directions, and reads nothing but its result, with or without dropout. A layer without neighbours is a chain of its
     * own.
     */
    public static List<List<String>> of(Model model) {
        return new RecurrentChains().search(model);
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
            Optional<List<String>> below = below(recurrences.getFirst())
                    .filter(other -> sameCell(recurrences, directions.get(other)))
                    .flatMap(other -> chains.stream()
                            .filter(chain -> chain.getLast().equals(other))
                            .findFirst());
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

    private static boolean isResult(Term.CellState state) {
        Term next = state.recurrence().states().get(state.index()).next();
        return Terms.behindVariables(next)
                == Terms.behindVariables(state.recurrence().result());
    }
}
