package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which tables' gradients are kept sparsely: a port of role {@link Role#TOUCHED_ROWS} for each lookup tells the
 * rows that a run added to, and the program zeroes those rows alone before the next run. A gradient stays dense where
 * the table is small beside the tokens of a run, where the table is used otherwise too (as the weight of a product,
 * say), where two tables share one gradient, and where tokens do not come from any input.
 */
final class TouchedRows {
    /** Rows of a table for each token of a run from which on it pays to look at the tokens' rows alone. */
    private static final int ROWS_PER_TOKEN = 2;

    private TouchedRows() {}

    /** {@code spec} with those ports, where it is a training program's. */
    static ProgramSpec add(Graph graph, ProgramSpec spec) {
        if (spec.kind() != ProgramKind.TRAINING) {
            return spec;
        }
        List<PortSpec> ports = new ArrayList<>(spec.ports());
        for (Graph.Root root : graph.roots()) {
            Value sum = root.value();
            if (root.kind() == RootKind.GRADIENT && isSparse(sum, spec) && isAlone(root, graph)) {
                for (int i = 1; i < sum.operands().size(); i += 2) {
                    String name = PortSpec.touched(root.name(), i / 2);
                    Type tokens = sum.operand(i).type();
                    int rows = sum.type().shape().getFirst();
                    ports.add(new PortSpec(name, Role.TOUCHED_ROWS, Element.TOKEN, tokens.rows(), List.of(), rows));
                }
            }
        }
        return new ProgramSpec(spec.kind(), spec.steps(), spec.batch(), ports);
    }

    private static boolean isSparse(Value sum, ProgramSpec spec) {
        if (!(sum.op() instanceof Op.TableSum table)) {
            return false;
        }
        long all = 0;
        for (int i = 1; i < sum.operands().size(); i += 2) {
            Value tokens = sum.operand(i);
            if (!isGiven(tokens)) {
                return false;
            }
            all += switch (tokens.type().rows()) {
                case NONE -> 1;
                case BATCH -> spec.batch();
                case SEQUENCE -> (long) spec.steps() * spec.batch();
            };
        }
        return table.size() >= ROWS_PER_TOKEN * all;
    }

    private static boolean isGiven(Value tokens) {
        return tokens.op() instanceof Op.Input || tokens.operands().stream().anyMatch(TouchedRows::isGiven);
    }

    private static boolean isAlone(Graph.Root root, Graph graph) {
        return graph.roots().stream().noneMatch(r -> r != root && r.value() == root.value());
    }
}
