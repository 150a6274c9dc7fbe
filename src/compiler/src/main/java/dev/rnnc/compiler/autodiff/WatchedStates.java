package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.ScanMask;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The recurrent states whose gradient at each step is wanted, and these gradients once their scans are reversed. */
final class WatchedStates {
    private final List<State> states;
    private final Map<State, Value> gradients = new IdentityHashMap<>();

    /** A state's value within one step of its scan. */
    private record State(String name, Value scan, Value next) {}

    private WatchedStates(List<State> states) {
        this.states = states;
    }

    static WatchedStates none() {
        return new WatchedStates(List.of());
    }

    /** Those that the graph has as roots. */
    static WatchedStates of(Graph forward) {
        List<State> states = new ArrayList<>();
        for (Root root : forward.roots()) {
            if (root.kind() == RootKind.STATE && root.value().op() instanceof Op.Result(int index)) {
                Value scan = root.value().operand(0);
                states.add(new State(root.name(), scan, ScanMask.next(scan, index)));
            }
        }
        return new WatchedStates(states);
    }

    /** The values of a scan's body that are states after the step. */
    Set<Value> within(Value scan) {
        Set<Value> watched = Collections.newSetFromMap(new IdentityHashMap<>());
        states.stream().filter(s -> s.scan() == scan).forEach(s -> watched.add(s.next()));
        return watched;
    }

    /** Takes the gradients at all steps of a value of a scan's body. */
    void found(Value scan, Value next, Value sequence) {
        states.stream().filter(s -> s.scan() == scan && s.next() == next).forEach(s -> gradients.put(s, sequence));
    }

    /** A root for each; zeros where the loss does not depend on the state. */
    List<Root> roots(GraphBuilder builder) {
        List<Root> roots = new ArrayList<>();
        for (State state : states) {
            Type type = state.next().type().withRows(Rows.SEQUENCE);
            Value gradient = gradients.containsKey(state)
                    ? gradients.get(state)
                    : builder.expand(builder.constant(0), type, Origin.NONE);
            roots.add(new Root(RootKind.STATE_GRADIENT, state.name(), gradient));
        }
        return roots;
    }
}
