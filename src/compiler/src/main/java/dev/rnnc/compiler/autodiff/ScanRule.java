package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Backpropagation through time: the gradient rule of {@link Op.Scan}. The gradient is a scan in the other direction
 * whose carries are the gradients of the carries:
 *
 * <ul>
 *   <li>the gradient of a final carry starts the reverse carry, and the reverse carry's end is the gradient of the
 *       initial one;
 *   <li>the gradient of a stacked output is a step input, that of a summed output an invariant;
 *   <li>the gradient of a sequence operand is stacked, that of an invariant summed over the steps.
 * </ul>
 *
 * The forward scan is extended so that it stacks what the reverse body needs of each step.
 */
final class ScanRule {
    private final GraphBuilder builder;
    private final Adjoints adjoints;
    private final Activity activity;
    private final WatchedStates states;
    private final Map<Value, Map<Integer, Value>> incoming = new IdentityHashMap<>();
    private final Map<Value, Value> extended = new IdentityHashMap<>();

    ScanRule(GraphBuilder builder, Adjoints adjoints, Activity activity, WatchedStates states) {
        this.builder = builder;
        this.adjoints = adjoints;
        this.activity = activity;
        this.states = states;
    }

    /** Takes the gradient of one result of a scan. */
    void result(Value result, Value gradient) {
        int index = ((Op.Result) result.op()).index();
        incoming.computeIfAbsent(result.operand(0), _ -> new TreeMap<>())
                .merge(index, gradient, (a, b) -> builder.map(Function.ADD, Adjoints.origin(result, result), a, b));
    }

    /** Makes the reverse scan once all results of {@code scan} have their gradients. */
    void scan(Value scan) {
        Map<Integer, Value> gradients = incoming.remove(scan);
        if (gradients == null) {
            return;
        }
        Op.Scan op = (Op.Scan) scan.op();
        Op.Body body = op.body();
        int carries = body.carries().size();
        TreeSet<Integer> carried = new TreeSet<>(gradients.keySet());
        carried.removeIf(i -> i >= carries);
        Set<Value> watched = states.within(scan);
        ReverseBody reverse;
        do {
            // A carry that gets a gradient within the step must carry it to the step before, which may reach others.
            reverse = ReverseBody.of(scan, activity.body(scan), carried, gradients, watched);
        } while (carried.addAll(reverse.carryGradients.keySet()));

        List<Value> operands = new ArrayList<>();
        for (int i : carried) {
            Value carry = body.carries().get(i);
            Value initial = gradients.get(i);
            operands.add(initial != null ? initial : adjoints.zeros(carry.type(), Adjoints.origin(carry, scan)));
        }
        operands.addAll(sequences(scan, op, reverse.sequences));
        operands.addAll(reverse.invariants);
        Op backward = new Op.Scan(reverse.finish(carried), !op.backward());
        Value result = builder.add(backward, operands, null, scan.origin());

        int next = 0;
        for (int i : carried) {
            contribute(scan.operand(i), result, next++);
        }
        for (int i : reverse.stepGradients.keySet()) {
            contribute(scan.operand(carries + i), result, next++);
        }
        for (int i : reverse.invariantGradients.keySet()) {
            contribute(scan.operand(carries + body.sequences() + i), result, next++);
        }
        for (Value state : reverse.watchedGradients.keySet()) {
            Origin origin = Adjoints.origin(state, scan);
            states.found(scan, state, builder.apply(new Op.Result(next++), origin, result));
        }
    }

    private void contribute(Value target, Value scan, int index) {
        if (adjoints.wants(target)) {
            adjoints.add(target, builder.apply(new Op.Result(index), Adjoints.origin(target, scan), scan));
        }
    }

    /** The outer values of the reverse body's sequences, collected by an extended forward scan where need be. */
    private List<Value> sequences(Value scan, Op.Scan op, List<ReverseBody.Sequence> sources) {
        List<Op.Output> outputs = new ArrayList<>(op.body().outputs());
        for (ReverseBody.Sequence source : sources) {
            if (source instanceof ReverseBody.Sequence.Saved(Value value) && stackOf(value, outputs) < 0) {
                outputs.add(new Op.Output(value, Op.Collect.STACK));
            }
        }
        Value forward = outputs.size() == op.body().outputs().size() ? scan : extend(scan, op, outputs);
        int carries = op.body().carries().size();
        List<Value> values = new ArrayList<>();
        for (ReverseBody.Sequence source : sources) {
            values.add(
                    switch (source) {
                        case ReverseBody.Sequence.Outer(Value value) -> value;
                        case ReverseBody.Sequence.Saved(Value value) ->
                            builder.apply(new Op.Result(carries + stackOf(value, outputs)), value.origin(), forward);
                    });
        }
        return values;
    }

    private Value extend(Value scan, Op.Scan op, List<Op.Output> outputs) {
        Op.Body body = op.body();
        Op.Body more = new Op.Body(body.values(), body.carries(), outputs, body.sequences(), body.invariants());
        Value replacement = builder.add(new Op.Scan(more, op.backward()), scan.operands(), null, scan.origin());
        extended.put(scan, replacement);
        return replacement;
    }

    private static int stackOf(Value value, List<Op.Output> outputs) {
        for (int i = 0; i < outputs.size(); i++) {
            if (outputs.get(i).value() == value && outputs.get(i).collect() == Op.Collect.STACK) {
                return i;
            }
        }
        return -1;
    }

    /** The graph with each extended scan in the place of the scan it extends, so that none runs twice. */
    Graph replaceExtended(Graph graph) {
        if (extended.isEmpty()) {
            return graph;
        }
        GraphBuilder copy = new GraphBuilder();
        Map<Value, Value> copies = new IdentityHashMap<>();
        for (Value v : graph.values()) {
            if (copies.containsKey(v)) {
                continue; // an extended scan, already made where the original stood
            }
            Value source = extended.getOrDefault(v, v);
            List<Value> operands = v.operands().stream().map(copies::get).toList();
            Value made = copy.add(source.op(), operands, v.type(), v.origin());
            copies.put(v, made);
            copies.put(source, made);
        }
        return copy.graph(graph.roots().stream()
                .map(r -> new Graph.Root(r.kind(), r.name(), copies.get(r.value())))
                .toList());
    }
}
