package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Copies a graph value by value, bodies of scans included. A pass overrides {@link #rewrite} and returns another value
 * where it wants to; the carries and outputs of bodies keep their places, and every value its type.
 */
abstract class Rewriter {
    private Map<Value, Value> copies = new IdentityHashMap<>();

    /** The rewritten graph. */
    final Graph graph(Graph graph) {
        GraphBuilder builder = new GraphBuilder();
        region(graph.values(), graph.roots().stream().map(Graph.Root::value).toList(), builder);
        return builder.graph(graph.roots().stream()
                .map(r -> new Graph.Root(r.kind(), r.name(), copy(r.value())))
                .toList());
    }

    private void region(List<Value> values, List<Value> results, GraphBuilder builder) {
        enter(values, results);
        for (Value value : values) {
            List<Value> operands = new ArrayList<>(value.operands().size());
            for (Value operand : value.operands()) {
                operands.add(copy(operand));
            }
            Op op = value.op() instanceof Op.Scan scan ? new Op.Scan(body(scan.body()), scan.backward()) : value.op();
            copies.put(value, keepingType(value, rewrite(value, op, operands, builder), builder));
        }
    }

    /**
     * What stands for {@code value} has its steps, rows and features: a rule may find that fewer rows tell all there is,
     * as in a slice of a concatenation that leaves a row beside a sequence; these are repeated.
     */
    private static Value keepingType(Value value, Value made, GraphBuilder builder) {
        return builder.expand(made, value.type(), made.origin());
    }

    private Op.Body body(Op.Body body) {
        GraphBuilder builder = new GraphBuilder();
        Map<Value, Value> outer = copies;
        copies = new IdentityHashMap<>();
        List<Value> results = Stream.concat(
                        body.carries().stream(), body.outputs().stream().map(Op.Output::value))
                .toList();
        region(body.values(), results, builder);
        Op.Body copy = builder.body(
                body.carries().stream().map(this::copy).toList(),
                body.outputs().stream()
                        .map(o -> new Op.Output(copy(o.value()), o.collect()))
                        .toList(),
                body.sequences(),
                body.invariants());
        copies = outer;
        return copy;
    }

    /** The copy of a value of the graph or body that is being copied, once it has one. */
    final Value copy(Value value) {
        return copies.get(value);
    }

    /** Called with the original values of the graph or body that is copied next, and those it hands out. */
    void enter(List<Value> values, List<Value> results) {}

    /** The copy of {@code value}; {@code op} and {@code operands} are already rewritten. */
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return builder.add(op, operands, value.type(), value.origin());
    }
}
