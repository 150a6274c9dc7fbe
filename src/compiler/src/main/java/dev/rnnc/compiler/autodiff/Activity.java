package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which values depend on something a gradient is wanted for. Only these get gradients: work for the others would be
 * thrown away.
 */
final class Activity {
    private final Set<Value> active = identitySet();
    private final Map<Value, Set<Value>> bodies = new IdentityHashMap<>();

    private Activity() {}

    /** The activity of {@code graph} when gradients are wanted for the leaves that {@code wanted} accepts. */
    static Activity of(Graph graph, Predicate<Value> wanted) {
        Activity activity = new Activity();
        for (Value v : graph.values()) {
            boolean isActive = switch (v.op()) {
                case Op.Scan scan -> activity.scan(v, scan.body());
                case Op.Result result -> activity.result(v.operand(0), result.index());
                default -> wanted.test(v) || depends(v, activity.active);
            };
            if (isActive) {
                activity.active.add(v);
            }
        }
        return activity;
    }

    /** The active values of the graph. */
    Set<Value> values() {
        return active;
    }

    /** The active values of a scan's body. */
    Set<Value> body(Value scan) {
        return bodies.get(scan);
    }

    private boolean scan(Value scan, Op.Body body) {
        int carries = body.carries().size();
        boolean[] carried = new boolean[carries];
        for (int i = 0; i < carries; i++) {
            carried[i] = active.contains(scan.operand(i));
        }
        Set<Value> found;
        boolean changed;
        do {
            // A carry is active from the second step on if its value is: go round until nothing is added.
            found = body(scan, body, carried);
            changed = false;
            for (int i = 0; i < carries; i++) {
                if (!carried[i] && found.contains(body.carries().get(i))) {
                    carried[i] = true;
                    changed = true;
                }
            }
        } while (changed);
        bodies.put(scan, found);
        return !found.isEmpty();
    }

    private Set<Value> body(Value scan, Op.Body body, boolean[] carried) {
        int carries = carried.length;
        List<Value> operands = scan.operands();
        Set<Value> found = identitySet();
        for (Value v : body.values()) {
            boolean isActive = switch (v.op()) {
                case Op.CarryIn c -> carried[c.index()];
                case Op.StepInput s -> active.contains(operands.get(carries + s.index()));
                case Op.Invariant i -> active.contains(operands.get(carries + body.sequences() + i.index()));
                default -> depends(v, found);
            };
            if (isActive) {
                found.add(v);
            }
        }
        return found;
    }

    private boolean result(Value scan, int index) {
        Op.Body body = ((Op.Scan) scan.op()).body();
        int carries = body.carries().size();
        Value source = index < carries
                ? body.carries().get(index)
                : body.outputs().get(index - carries).value();
        return bodies.get(scan).contains(source);
    }

    private static boolean depends(Value v, Set<Value> on) {
        boolean passes = v.type().element() == Element.REAL && !(v.op() instanceof Op.Detach);
        return passes && v.operands().stream().anyMatch(on::contains);
    }

    private static Set<Value> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
