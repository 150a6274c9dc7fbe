package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Whether an output can be computed step by step, from one step's inputs and the states that the step before left. */
public final class Stepwise {
    private final Set<Variable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Recurrence> entered = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Term> open = new ArrayDeque<>();
    private String obstacle;
    /** Whether sums over all steps are allowed, as in a loss: of each piece of a window there is one of its own. */
    private boolean summed;

    private Stepwise() {}

    /**
     * What stands in the way, such as {@code "'h' runs backward, from the last step to the first"}; empty where nothing
     * does.
     *
     * @param output a layer or output
     */
    public static Optional<String> obstacle(Model model, String output) {
        Stepwise search = new Stepwise();
        model.bindings().stream()
                .filter(b -> b.name().equals(output))
                .forEach(b -> search.open.add(new Term.Use(b.variable())));
        search.drain();
        return Optional.ofNullable(search.obstacle);
    }

    /**
     * What stands in the way of training on windows cut into pieces, each of which starts from the states that the piece
     * before left; empty where nothing does.
     */
    public static Optional<String> truncationObstacle(Model model) {
        if (model.spec().ports(Role.TARGET).stream().noneMatch(port -> port.rows() == Rows.SEQUENCE)) {
            return Optional.of("no target is a sequence, so there is one loss for a whole window");
        }
        if (!model.feedback().isEmpty()) {
            String name = model.feedback().getFirst().name();
            return Optional.of("'previous(" + name + ")' does not know the step before a piece");
        }
        Stepwise search = new Stepwise();
        for (Model.Binding binding : model.bindings()) {
            search.open.add(new Term.Use(binding.variable()));
            search.drain();
            if (search.obstacle != null) {
                return Optional.of("'" + binding.name() + "' needs whole windows: " + search.obstacle);
            }
        }
        search.summed = true;
        model.loss().ifPresent(loss -> search.open.add(new Term.Use(loss)));
        search.drain();
        return Optional.ofNullable(search.obstacle).map(reason -> "the loss needs whole windows: " + reason);
    }

    private void drain() {
        while (obstacle == null && !open.isEmpty()) {
            visit(open.pop());
        }
    }

    private void visit(Term root) {
        Predicate<Variable> known = seen::contains;
        Collection<Variable> variables = Variables.inOrder(List.of(root), known);
        Variables.walk(root, this::look);
        for (Variable variable : variables) {
            seen.add(variable);
            Variables.walk(variable.term(), this::look);
        }
    }

    private void look(Term term) {
        switch (term) {
            case Term.Attention attention -> {
                if (isSequence(attention.keys())) {
                    obstacle = "its attention looks at all steps";
                }
            }
            case Term.Attend _ -> obstacle = "its attention looks at all steps";
            case Term.Fold fold -> {
                if (!summed && fold.axis() != Term.Axis.FEATURES && isSequence(fold.operand())) {
                    obstacle = "it takes a sum, mean, minimum or maximum over all steps";
                }
            }
            case Term.Step _ -> obstacle = "it looks at the first or last step of a sequence";
            case Term.FinalState state ->
                obstacle =
                        "it looks at the final state of '" + state.recurrence().name() + "'";
            case Term.CellOutput of -> enter(of.recurrence());
            case Term.CellState of -> enter(of.recurrence());
            default -> {}
        }
    }

    private void enter(Recurrence recurrence) {
        if (!entered.add(recurrence)) {
            return;
        }
        if (recurrence.backward()) {
            obstacle = "'" + recurrence.name() + "' runs backward, from the last step to the first";
        } else if (recurrence.states().stream().anyMatch(s -> s.initial().isPresent())) {
            obstacle = "'" + recurrence.name() + "' starts from a state that the model computes ('initial:')";
        }
        recurrence.inputs().stream()
                .filter(Recurrence.Input::whole)
                .findFirst()
                .ifPresent(input ->
                        obstacle = "'" + recurrence.name() + "' reads all steps of its input '" + input.name() + "'");
        recurrence.inputs().forEach(input -> open.add(input.term()));
    }

    private static boolean isSequence(Term term) {
        return term.type().rows() == Rows.SEQUENCE;
    }
}
