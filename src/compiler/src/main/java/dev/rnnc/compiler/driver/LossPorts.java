package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The ports by which the losses of several runs become that of all their rows together. */
final class LossPorts {
    private LossPorts() {}

    /** {@code spec} with a port for each part and count of the loss, and for what a caller may say of them. */
    static ProgramSpec add(Graph graph, ProgramSpec spec) {
        List<PortSpec> ports = new ArrayList<>(spec.ports());
        for (Graph.Root root : graph.roots()) {
            switch (root.kind()) {
                case LOSS_PART -> ports.add(number(PortSpec.LOSS_PART + root.name(), Role.LOSS_PART));
                case LOSS_COUNT -> ports.add(number(PortSpec.LOSS_COUNT + root.name(), Role.LOSS_COUNT));
                case OUTPUT, LAYER, STATE, LOSS, GRADIENT, INPUT_GRADIENT, STATE_GRADIENT, ACTIVATION -> {}
            }
        }
        Set<String> inputs = new LinkedHashSet<>();
        for (Value value : graph.values()) {
            if (value.op() instanceof Op.Input(String name)) {
                inputs.add(name);
            }
        }
        for (String name : inputs) {
            if (name.startsWith(PortSpec.LOSS_TOTAL)) {
                ports.add(number(name, Role.LOSS_TOTAL));
            } else if (name.equals(PortSpec.UNCOUNTED_ROWS)) {
                ports.add(new PortSpec(name, Role.UNCOUNTED_ROWS, Element.REAL, Rows.BATCH, List.of(), 0));
            }
        }
        return new ProgramSpec(spec.kind(), spec.steps(), spec.batch(), ports);
    }

    /** Whether it can be told what the parts of its loss are divided by. */
    static boolean takesTotals(ProgramSpec spec) {
        return spec.ports().stream().anyMatch(p -> p.role() == Role.LOSS_TOTAL);
    }

    private static PortSpec number(String name, Role role) {
        return new PortSpec(name, role, Element.REAL, Rows.NONE, List.of(), 0);
    }
}
