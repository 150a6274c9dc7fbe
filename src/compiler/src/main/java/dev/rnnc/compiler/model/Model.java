package dev.rnnc.compiler.model;

import dev.rnnc.runtime.spec.ModelSpec;
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
