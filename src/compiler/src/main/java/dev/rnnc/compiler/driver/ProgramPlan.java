package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ModelSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one kind of program computes and shows.
 *
 * @param kind the kind
 * @param roots what it computes
 * @param gradients whether it needs the derived gradient
 * @param dropout whether random masks stay
 */
record ProgramPlan(ProgramKind kind, Set<RootKind> roots, boolean gradients, boolean dropout) {

    static ProgramPlan of(ProgramKind kind) {
        return switch (kind) {
            case TRAINING ->
                new ProgramPlan(
                        kind,
                        EnumSet.of(
                                RootKind.LOSS,
                                RootKind.LOSS_PART,
                                RootKind.LOSS_COUNT,
                                RootKind.STATE,
                                RootKind.GRADIENT),
                        true,
                        true);
            case EVALUATION ->
                new ProgramPlan(
                        kind,
                        EnumSet.of(
                                RootKind.LOSS,
                                RootKind.LOSS_PART,
                                RootKind.LOSS_COUNT,
                                RootKind.STATE,
                                RootKind.OUTPUT),
                        false,
                        false);
            case COUNTING -> new ProgramPlan(kind, EnumSet.of(RootKind.LOSS_COUNT), false, false);
            case SEQUENCE, STEP -> new ProgramPlan(kind, EnumSet.of(RootKind.STATE, RootKind.OUTPUT), false, false);
            case OBSERVATION ->
                new ProgramPlan(kind, EnumSet.of(RootKind.STATE, RootKind.OUTPUT, RootKind.LAYER), false, false);
            case INSPECTION -> new ProgramPlan(kind, EnumSet.allOf(RootKind.class), true, false);
            case ENCODING, DECODING -> throw new IllegalArgumentException(kind + " is one of a generator's programs");
        };
    }

    /** The same, which also shows the gradients of states and what gates gave. */
    ProgramPlan withFlow() {
        Set<RootKind> more = EnumSet.copyOf(roots);
        more.add(RootKind.STATE_GRADIENT);
        more.add(RootKind.ACTIVATION);
        return new ProgramPlan(kind, more, gradients, dropout);
    }

    boolean needsLoss() {
        return roots.contains(RootKind.LOSS) || roots.contains(RootKind.LOSS_COUNT);
    }

    /** The spec of the program that computes {@code graph}, with the ports it has. */
    ProgramSpec spec(Model source, boolean lengths, int steps, int batch, Graph graph) {
        ModelSpec model = source.spec();
        List<PortSpec> all = new ArrayList<>(model.ports());
        if (lengths) {
            all.addAll(source.lengthPorts());
        }
        Set<String> feedback =
                source.feedback().stream().map(Model.Feedback::name).collect(Collectors.toSet());
        List<PortSpec> ports = new ArrayList<>();
        for (PortSpec port : all) {
            String sequence = port.name().endsWith(Model.LENGTHS)
                    ? port.name().substring(0, port.name().length() - Model.LENGTHS.length())
                    : port.name();
            boolean shown = switch (port.role()) {
                case INPUT -> true;
                // Without a loss there are no states of cells in the loss that read a target.
                case STATE -> needsLoss() || hasState(graph, port.name());
                case TARGET -> needsLoss() || feedback.contains(sequence);
                case OUTPUT -> roots.contains(RootKind.OUTPUT);
                case LAYER -> roots.contains(RootKind.LAYER);
                case INPUT_GRADIENT,
                        STATE_GRADIENT,
                        ACTIVATION,
                        TOUCHED_ROWS,
                        LOSS_PART,
                        LOSS_COUNT,
                        LOSS_TOTAL,
                        UNCOUNTED_ROWS -> false;
            };
            if (shown) {
                // A target that is fed back is an input where there is no loss.
                boolean given = port.role() == Role.TARGET && !needsLoss();
                ports.add(
                        given
                                ? new PortSpec(
                                        port.name(),
                                        Role.INPUT,
                                        port.element(),
                                        port.rows(),
                                        port.shape(),
                                        port.vocabulary())
                                : port);
            }
        }
        if (roots.contains(RootKind.INPUT_GRADIENT)) {
            for (PortSpec port : model.ports(Role.INPUT)) {
                if (port.element() == Element.REAL) {
                    ports.add(new PortSpec(
                            PortSpec.GRADIENT + port.name(),
                            Role.INPUT_GRADIENT,
                            port.element(),
                            port.rows(),
                            port.shape(),
                            0));
                }
            }
        }
        return new ProgramSpec(kind, kind == ProgramKind.STEP ? 1 : steps, kind == ProgramKind.STEP ? 1 : batch, ports);
    }

    private static boolean hasState(Graph graph, String name) {
        return graph.roots().stream()
                .anyMatch(r -> r.kind() == RootKind.STATE && r.name().equals(name));
    }
}
