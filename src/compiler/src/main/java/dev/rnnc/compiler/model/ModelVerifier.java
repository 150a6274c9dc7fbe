package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks what every resolved model keeps to; a broken rule is a bug of the compiler. */
public final class ModelVerifier {
    private final Model model;
    private final Map<String, ParameterSpec> parameters = new HashMap<>();
    private final Map<String, PortSpec> ports = new HashMap<>();
    private final Set<Variable> checked = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Recurrence> known = Collections.newSetFromMap(new IdentityHashMap<>());

    private ModelVerifier(Model model) {
        this.model = model;
    }

    /**
     * Checks {@code model}.
     *
     * @throws IllegalStateException naming the broken rule
     */
    public static void verify(Model model) {
        new ModelVerifier(model).verify();
    }

    private void verify() {
        long end = 0;
        int line = model.spec().precision().elementsPerLine();
        for (ParameterSpec parameter : model.spec().parameters()) {
            require(parameters.put(parameter.name(), parameter) == null, parameter.name() + " stands twice");
            require(parameter.offset() >= end && parameter.offset() % line == 0, parameter.name() + " is misplaced");
            end = parameter.offset() + parameter.size();
        }
        require(end <= model.spec().parameterElements(), "parameters exceed their array");
        for (PortSpec port : model.spec().ports()) {
            require(ports.put(port.name(), port) == null, port.name() + " stands twice");
        }
        for (Recurrence recurrence : model.recurrences()) {
            recurrence(recurrence);
            known.add(recurrence);
        }
        for (Model.Binding binding : model.bindings()) {
            Role role = binding.output() ? Role.OUTPUT : Role.LAYER;
            require(ports.containsKey(binding.name()), binding.name() + " has no port");
            require(ports.get(binding.name()).role() == role, binding.name() + " has a port of another role");
            outside(List.of(new Term.Use(binding.variable())));
        }
        model.loss().ifPresent(loss -> {
            outside(List.of(new Term.Use(loss)));
            require(loss.term().type().equals(TermType.real(Rows.NONE, List.of())), "the loss is not a number");
        });
    }

    private void recurrence(Recurrence recurrence) {
        List<Term> outer = new ArrayList<>();
        recurrence.inputs().forEach(i -> outer.add(i.term()));
        recurrence.states().forEach(s -> s.initial().ifPresent(outer::add));
        outside(outer);
        List<Term> inner = new ArrayList<>(List.of(recurrence.result()));
        recurrence.states().forEach(s -> inner.add(s.next()));
        inner.forEach(t -> require(t.type().rows() != Rows.SEQUENCE, recurrence.name() + " yields whole sequences"));
        recurrence.variables().forEach(v -> inner.add(new Term.Use(v)));
        each(inner, term -> {
            boolean foreign = switch (term) {
                case Term.Input _,
                        Term.Previous _,
                        Term.CellOutput _,
                        Term.CellState _,
                        Term.FinalState _,
                        Term.Step _ -> true;
                default -> false;
            };
            require(!foreign, recurrence.name() + " reads what stands outside of it");
        });
        for (int i = 0; i < recurrence.states().size(); i++) {
            PortSpec port = ports.get(recurrence.stateName(i));
            require(port != null && port.role() == Role.STATE, recurrence.stateName(i) + " has no port");
        }
    }

    private void outside(List<Term> roots) {
        each(roots, term -> {
            switch (term) {
                case Term.StepInput _, Term.WholeInput _, Term.StateBefore _ ->
                    require(false, "a step's value is read outside of it");
                case Term.Input input -> require(ports.containsKey(input.name()), input.name() + " has no port");
                case Term.Previous p -> require(ports.containsKey(p.of().name()), p.of().name() + " has no port");
                case Term.CellOutput c -> require(known.contains(c.recurrence()), "a recurrence is read too early");
                case Term.CellState c -> require(known.contains(c.recurrence()), "a recurrence is read too early");
                case Term.FinalState c -> require(known.contains(c.recurrence()), "a recurrence is read too early");
                default -> {}
            }
        });
    }

    private void each(List<Term> roots, java.util.function.Consumer<Term> check) {
        List<Term> all = new ArrayList<>(roots);
        for (Variable variable : Variables.inOrder(roots, checked::contains)) {
            all.add(variable.term());
            checked.add(variable);
        }
        for (Term root : all) {
            Variables.walk(root, term -> {
                require(!(term instanceof Term.Invalid), "an error was resolved without a diagnostic");
                if (term instanceof Term.Parameter p) {
                    require(
                            parameters.containsKey(p.name())
                                    && parameters
                                            .get(p.name())
                                            .shape()
                                            .equals(p.type().shape()),
                            p.name() + " is not declared so");
                }
                check.accept(term);
            });
        }
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            throw new IllegalStateException("model " + model.name() + ": " + problem);
        }
    }
}
