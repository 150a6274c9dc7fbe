package dev.rnnc.compiler.graph;

import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a graph is well formed: operands before users and within one graph or body, types as {@link TypeRules}
 * infers them, leaves where they belong, roots of the types their kinds demand. Tests run it after every pass.
 */
public final class GraphVerifier {
    private final Map<String, Type> leaves = new HashMap<>();

    private GraphVerifier() {}

    /**
     * Checks {@code graph}.
     *
     * @return the same graph, so that a check can stand around an expression
     * @throws IllegalStateException naming the first broken rule and the value that breaks it
     */
    public static Graph verify(Graph graph) {
        GraphVerifier verifier = new GraphVerifier();
        Set<Value> members = verifier.values(graph.values(), false);
        verifier.roots(graph.roots(), members);
        return graph;
    }

    /**
     * Checks what a pass made of {@code before}: a well formed graph with the same roots, each of the type it had.
     *
     * @return {@code after}
     * @throws IllegalStateException naming the first broken rule
     */
    public static Graph verify(Graph before, Graph after) {
        verify(after);
        if (before.roots().size() != after.roots().size()) {
            throw new IllegalStateException("has " + after.roots().size() + " roots, not "
                    + before.roots().size());
        }
        for (Graph.Root root : before.roots()) {
            Value kept = after.root(root.kind(), root.name());
            require(
                    kept.type().equals(root.value().type()),
                    kept,
                    "is root " + root.kind() + " " + root.name() + ", which had type "
                            + root.value().type());
        }
        return after;
    }

    private Set<Value> values(List<Value> values, boolean inBody) {
        Set<Value> members = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Value v : values) {
            for (Value operand : v.operands()) {
                require(
                        members.contains(operand),
                        v,
                        "has an operand that does not stand before it: " + describe(operand));
                require(
                        !(operand.op() instanceof Op.Scan) || v.op() instanceof Op.Result,
                        v,
                        "uses a scan but does not read a result of it");
            }
            place(v, inBody);
            if (v.op() instanceof Op.Scan scan) {
                require(!inBody, v, "stands in the body of another scan");
                body(v, scan.body());
            }
            Type inferred;
            try {
                inferred = TypeRules.infer(v.op(), v.operands(), v.type());
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalStateException(describe(v) + " is badly typed: " + e.getMessage(), e);
            }
            require(inferred.equals(v.type()), v, "should have type " + inferred);
            require(members.add(v), v, "stands twice in the list");
        }
        return members;
    }

    /** Checks that a leaf stands where its kind may stand, and that a name has one type. */
    private void place(Value v, boolean inBody) {
        boolean misplaced = switch (v.op()) {
            case Op.CarryIn _, Op.StepInput _, Op.Invariant _ -> !inBody;
            case Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.RowCount _,
                    Op.StepAt _,
                    Op.StepPad _,
                    Op.StepMask _,
                    Op.Shift _,
                    Op.TokenConstant _ -> inBody;
            default -> false;
        };
        require(!misplaced, v, inBody ? "stands in a body" : "stands outside a body");
        switch (v.op()) {
            case Op.Input input -> named(v, "input " + input.name());
            case Op.State state -> named(v, "state " + state.name());
            case Op.Parameter parameter -> {
                named(v, "parameter " + parameter.name());
                require(
                        v.type().rows() == Rows.NONE && v.type().element() == Element.REAL,
                        v,
                        "must be real without rows");
            }
            default -> {}
        }
    }

    private void named(Value v, String name) {
        Type known = leaves.putIfAbsent(name, v.type());
        require(known == null || known.equals(v.type()), v, "has another type than before: " + known);
    }

    private void body(Value scan, Op.Body body) {
        Set<Value> members = values(body.values(), true);
        for (Value carry : body.carries()) {
            require(members.contains(carry), scan, "carries a value that is not in its body: " + describe(carry));
        }
        for (Op.Output output : body.outputs()) {
            require(
                    members.contains(output.value()),
                    scan,
                    "collects a value that is not in its body: " + describe(output.value()));
            require(
                    output.collect() == Op.Collect.STACK
                            || output.value().type().element() == Element.REAL,
                    scan,
                    "sums tokens");
        }
        for (Value v : body.values()) {
            require(
                    !(v.op() instanceof Op.CarryIn c)
                            || c.index() < body.carries().size(),
                    v,
                    "names no carry");
            require(!(v.op() instanceof Op.StepInput s) || s.index() < body.sequences(), v, "names no sequence");
            require(!(v.op() instanceof Op.Invariant i) || i.index() < body.invariants(), v, "names no invariant");
        }
    }

    private void roots(List<Graph.Root> roots, Set<Value> members) {
        Set<String> names = new HashSet<>();
        for (Graph.Root root : roots) {
            Value v = root.value();
            String title = "root " + root.kind() + " " + root.name();
            require(names.add(title), v, "is a second " + title);
            require(members.contains(v), v, "is " + title + " but not in the graph");
            require(!(v.op() instanceof Op.Scan), v, "is " + title + " but a scan has no value of its own");
            Type expected = switch (root.kind()) {
                case LOSS -> Type.real(Rows.NONE);
                case GRADIENT -> leaf(v, title, "parameter " + root.name());
                case INPUT_GRADIENT -> leaf(v, title, "input " + root.name());
                case STATE -> leaves.getOrDefault("state " + root.name(), v.type());
                case OUTPUT, LAYER, ACTIVATION -> v.type();
                case STATE_GRADIENT ->
                    leaves.getOrDefault("state " + root.name(), v.type()).withRows(Rows.SEQUENCE);
            };
            require(v.type().equals(expected), v, "is " + title + ", which must have type " + expected);
        }
    }

    private Type leaf(Value v, String title, String leaf) {
        require(leaves.containsKey(leaf), v, "is " + title + " but the graph has no " + leaf);
        return leaves.get(leaf);
    }

    private static void require(boolean holds, Value v, String problem) {
        if (!holds) {
            throw new IllegalStateException(describe(v) + " " + problem);
        }
    }

    private static String describe(Value v) {
        String op = v.op() instanceof Op.Scan ? "Scan" : v.op().toString();
        String origin = v.origin().toString();
        return op + " : " + v.type() + (origin.isEmpty() ? "" : " (" + origin + ")");
    }
}
