package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where the step of a cell stands in the gradient graph of a model that is this cell alone: in the bodies of a forward
 * and a reverse scan, or, for a cell without state, in the graph itself.
 *
 * @param graph the gradient graph
 * @param forward the scan of the cell
 * @param reverse the scan that is its gradient
 */
record Step(Graph graph, Optional<Value> forward, Optional<Value> reverse) {
    static Step of(Graph graph) {
        List<Value> scans =
                graph.values().stream().filter(v -> v.op() instanceof Op.Scan).toList();
        Optional<Value> forward =
                scans.stream().filter(v -> !((Op.Scan) v.op()).backward()).findFirst();
        Optional<Value> reverse =
                scans.stream().filter(v -> ((Op.Scan) v.op()).backward()).findFirst();
        return new Step(graph, forward, reverse);
    }

    static Op.Body body(Value scan) {
        return ((Op.Scan) scan.op()).body();
    }

    /** The values of the step. */
    List<Value> forwardValues() {
        return forward.map(scan -> body(scan).values()).orElse(graph.values());
    }

    /** The values of its gradient. */
    List<Value> reverseValues() {
        return reverse.map(scan -> body(scan).values()).orElse(graph.values());
    }

    /** A gradient of one step: a result of the reverse scan is what it collects. */
    Value ofStep(Value value) {
        if (reverse.isPresent() && value.op() instanceof Op.Result result && value.operand(0) == reverse.get()) {
            Op.Body body = body(reverse.get());
            int carries = body.carries().size();
            return result.index() < carries
                    ? body.carries().get(result.index())
                    : body.outputs().get(result.index() - carries).value();
        }
        return value;
    }

    /** What a leaf of either body stands for outside of it, or where that was collected in the forward step. */
    Optional<Value> behind(Value leaf) {
        boolean inReverse = reverse.isPresent() && body(reverse.get()).values().contains(leaf);
        Optional<Value> scan = inReverse ? reverse : forward;
        if (scan.isEmpty()) {
            return Optional.empty();
        }
        int carries = body(scan.get()).carries().size();
        int sequences = body(scan.get()).sequences();
        Optional<Value> outer = switch (leaf.op()) {
            case Op.StepInput input -> Optional.of(scan.get().operand(carries + input.index()));
            case Op.Invariant input -> Optional.of(scan.get().operand(carries + sequences + input.index()));
            default -> Optional.empty();
        };
        return outer.map(value -> value.op() instanceof Op.Result result
                        && forward.isPresent()
                        && value.operand(0) == forward.get()
                        && result.index() >= body(forward.get()).carries().size()
                ? body(forward.get())
                        .outputs()
                        .get(result.index() - body(forward.get()).carries().size())
                        .value()
                : value);
    }

    /** The gradients of parameters and inputs. */
    List<Graph.Root> gradients() {
        List<Graph.Root> found = new ArrayList<>();
        for (Graph.Root root : graph.roots()) {
            if (root.kind() == RootKind.GRADIENT || root.kind() == RootKind.INPUT_GRADIENT) {
                found.add(root);
            }
        }
        return found;
    }
}
