package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.List;

/** The ports of a program that shows its gradient flow. */
final class FlowPorts {
    private FlowPorts() {}

    /** {@code spec} with a port for each state's gradient and each activation that the graph shows. */
    static ProgramSpec add(Graph graph, ProgramSpec spec) {
        List<PortSpec> ports = new ArrayList<>(spec.ports());
        for (Graph.Root root : graph.roots()) {
            if (root.kind() == RootKind.STATE_GRADIENT) {
                ports.add(port(
                        PortSpec.GRADIENT + root.name(),
                        Role.STATE_GRADIENT,
                        root.value().type()));
            } else if (root.kind() == RootKind.ACTIVATION) {
                ports.add(port(root.name(), Role.ACTIVATION, root.value().type()));
            }
        }
        return new ProgramSpec(spec.kind(), spec.steps(), spec.batch(), ports);
    }

    private static PortSpec port(String name, Role role, Type type) {
        return new PortSpec(name, role, type.element(), type.rows(), type.shape(), 0);
    }
}
