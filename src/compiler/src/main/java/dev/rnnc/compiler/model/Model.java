package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.Optional;

/**
 * A resolved model.
 *
 * @param spec ports, parameters and training settings
 * @param bindings named layers and outputs in the order of the text
 * @param recurrences all calls of cells with state, in the order of the text
 * @param loss the loss, a single number
 */
public record Model(ModelSpec spec, List<Binding> bindings, List<Recurrence> recurrences, Optional<Variable> loss) {
    public Model {
        bindings = List.copyOf(bindings);
        recurrences = List.copyOf(recurrences);
    }

    /** What follows a sequence's name in the name of the port that holds its lengths. */
    public static final String LENGTHS = ".lengths";

    /**
     * The ports that a program has besides those of the spec when sequences come with lengths: {@code NAME.lengths} for
     * each input or target that is a sequence, of its role, with one whole number from 0 to T for each row of the batch.
     */
    public List<PortSpec> lengthPorts() {
        return spec.ports().stream()
                .filter(p -> p.rows() == Rows.SEQUENCE && (p.role() == Role.INPUT || p.role() == Role.TARGET))
                .map(p -> new PortSpec(
                        p.name() + LENGTHS, p.role(), Element.TOKEN, Rows.BATCH, List.of(), Integer.MAX_VALUE))
                .toList();
    }

    /** Whether each step's results depend on that and earlier steps alone, so that a program can run step by step. */
    public boolean runsForward() {
        return recurrences.stream().noneMatch(Recurrence::backward);
    }

    /** A named layer or output. */
    public record Binding(boolean output, Variable variable) {
        /** Its name. */
        public String name() {
            return variable.name();
        }
    }

    /** The model's name. */
    public String name() {
        return spec.name();
    }
}
