package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Drops what no root needs, within scans too: unread outputs (equal outputs become one), carries that only feed
 * themselves, operands the body does not read.
 */
public final class RemoveDeadValues {
    private final Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Set<Integer>> results = new IdentityHashMap<>();
    private final Map<Value, ScanNeeds> needs = new IdentityHashMap<>();

    private RemoveDeadValues() {}

    /** {@code graph} without dead values. */
    public static Graph apply(Graph graph) {
        return new RemoveDeadValues().run(graph);
    }

    private Graph run(Graph graph) {
        graph.roots().forEach(r -> live.add(r.value()));
        for (Value v : graph.values().reversed()) {
            if (!live.contains(v)) {
                continue;
            }
            switch (v.op()) {
                case Op.Result r -> {
                    results.computeIfAbsent(v.operand(0), s -> new TreeSet<>()).add(r.index());
                    live.add(v.operand(0));
                }
                case Op.Scan scan -> {
                    ScanNeeds need = ScanNeeds.of(scan.body(), results.getOrDefault(v, Set.of()));
                    needs.put(v, need);
                    need.operands(scan.body()).forEach(i -> live.add(v.operand(i)));
                }
                default -> live.addAll(v.operands());
            }
        }
        GraphBuilder builder = new GraphBuilder();
        Map<Value, Value> copies = new IdentityHashMap<>();
        for (Value v : graph.values()) {
            if (live.contains(v)) {
                copies.put(v, copy(v, builder, copies));
            }
        }
        return builder.graph(graph.roots().stream()
                .map(r -> new Graph.Root(r.kind(), r.name(), copies.get(r.value())))
                .toList());
    }

    private Value copy(Value v, GraphBuilder builder, Map<Value, Value> copies) {
        return switch (v.op()) {
            case Op.Scan scan -> {
                ScanNeeds need = needs.get(v);
                List<Value> operands = need.operands(scan.body()).stream()
                        .map(i -> copies.get(v.operand(i)))
                        .toList();
                yield builder.add(new Op.Scan(need.body(scan.body()), scan.backward()), operands, null, v.origin());
            }
            case Op.Result r -> {
                Op.Body body = ((Op.Scan) v.operand(0).op()).body();
                int index = needs.get(v.operand(0)).result(body, r.index());
                yield builder.add(new Op.Result(index), List.of(copies.get(v.operand(0))), null, v.origin());
            }
            default ->
                builder.add(v.op(), v.operands().stream().map(copies::get).toList(), v.type(), v.origin());
        };
    }

    /** What of one scan is needed: indices of carries, outputs, sequences and invariants, and the live body values. */
    private record ScanNeeds(
            List<Integer> carries,
            List<Integer> outputs,
            List<Integer> sequences,
            List<Integer> invariants,
            Set<Value> live) {

        static ScanNeeds of(Op.Body body, Set<Integer> results) {
            int count = body.carries().size();
            Set<Integer> carries = new TreeSet<>();
            List<Integer> outputs = new ArrayList<>();
            for (int r : results) {
                if (r < count) {
                    carries.add(r);
                } else {
                    outputs.add(r - count);
                }
            }
            Set<Value> live = Collections.newSetFromMap(new IdentityHashMap<>());
            int before;
            do {
                before = carries.size();
                carries.forEach(c -> live.add(body.carries().get(c)));
                outputs.forEach(o -> live.add(body.outputs().get(o).value()));
                for (Value v : body.values().reversed()) {
                    if (live.contains(v)) {
                        live.addAll(v.operands());
                        if (v.op() instanceof Op.CarryIn c) {
                            carries.add(c.index());
                        }
                    }
                }
            } while (carries.size() != before);
            Set<Integer> sequences = new TreeSet<>();
            Set<Integer> invariants = new TreeSet<>();
            for (Value v : live) {
                if (v.op() instanceof Op.StepInput s) {
                    sequences.add(s.index());
                } else if (v.op() instanceof Op.Invariant i) {
                    invariants.add(i.index());
                }
            }
            return new ScanNeeds(
                    List.copyOf(carries),
                    distinct(body, outputs),
                    List.copyOf(sequences),
                    List.copyOf(invariants),
                    live);
        }

        private static List<Integer> distinct(Op.Body body, List<Integer> outputs) {
            Map<Op.Output, Integer> first = new HashMap<>();
            outputs.forEach(o -> first.putIfAbsent(body.outputs().get(o), o));
            return outputs.stream()
                    .filter(o -> first.get(body.outputs().get(o)).equals(o))
                    .toList();
        }

        /** Places of the needed operands of the scan. */
        List<Integer> operands(Op.Body body) {
            List<Integer> places = new ArrayList<>(carries);
            sequences.forEach(s -> places.add(body.carries().size() + s));
            invariants.forEach(i -> places.add(body.carries().size() + body.sequences() + i));
            return places;
        }

        /** The new index of a result. */
        int result(Op.Body body, int index) {
            int count = body.carries().size();
            if (index < count) {
                return carries.indexOf(index);
            }
            Op.Output output = body.outputs().get(index - count);
            for (int i = 0; i < outputs.size(); i++) {
                if (body.outputs().get(outputs.get(i)).equals(output)) {
                    return carries.size() + i;
                }
            }
            throw new IllegalStateException("dropped a live scan output");
        }

        Op.Body body(Op.Body body) {
            GraphBuilder builder = new GraphBuilder();
            Map<Value, Value> copies = new IdentityHashMap<>();
            for (Value v : body.values()) {
                if (live.contains(v)) {
                    Op op = switch (v.op()) {
                        case Op.CarryIn c -> new Op.CarryIn(carries.indexOf(c.index()));
                        case Op.StepInput s -> new Op.StepInput(sequences.indexOf(s.index()));
                        case Op.Invariant i -> new Op.Invariant(invariants.indexOf(i.index()));
                        default -> v.op();
                    };
                    copies.put(
                            v,
                            builder.add(
                                    op, v.operands().stream().map(copies::get).toList(), v.type(), v.origin()));
                }
            }
            return builder.body(
                    carries.stream().map(c -> copies.get(body.carries().get(c))).toList(),
                    outputs.stream()
                            .map(o -> new Op.Output(
                                    copies.get(body.outputs().get(o).value()),
                                    body.outputs().get(o).collect()))
                            .toList(),
                    sequences.size(),
                    invariants.size());
        }
    }
}
