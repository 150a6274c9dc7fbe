package dev.rnnc.compiler.build;

import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A scan in the graph with its results, each read once. */
final class BuiltScan implements BuiltRecurrence {
    private final GraphBuilder graph;
    private final Value scan;
    private final List<Origin> states;
    private final List<Integer> collected;
    private final Origin result;
    private final Lengths lengths;
    private final Map<Integer, Value> read = new HashMap<>();

    /**
     * @param states where each state comes from
     * @param collected what the scan collects: indices of states, or {@link BuiltRecurrence#RESULT}
     * @param result where the cell's result comes from
     */
    BuiltScan(
            GraphBuilder graph,
            Value scan,
            List<Origin> states,
            List<Integer> collected,
            Origin result,
            Lengths lengths) {
        this.graph = graph;
        this.scan = scan;
        this.states = List.copyOf(states);
        this.collected = List.copyOf(collected);
        this.result = result;
        this.lengths = lengths;
    }

    @Override
    public Value finalState(int index) {
        return read(index, states.get(index));
    }

    @Override
    public Value sequence(int index) {
        return lengths.markZeroPadded(
                read(states.size() + collected.indexOf(index), index == RESULT ? result : states.get(index)));
    }

    private Value read(int index, Origin origin) {
        return read.computeIfAbsent(index, i -> graph.apply(new Op.Result(i), origin, scan));
    }
}
