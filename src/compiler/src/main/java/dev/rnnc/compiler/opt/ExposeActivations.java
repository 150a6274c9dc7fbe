package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.ScanMask;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes roots of what the sigmoids, tanhs and relus of a forward graph give, so that dead and saturated units can be
 * counted. Before: {@code scan { h' = tanh(...) }}. After: the scan also stacks the tanh, and there is a root {@link
 * RootKind#ACTIVATION} {@code LAYER.h'.tanh}; at padded steps its value is {@link #PADDED}.
 *
 * <p>Left out: numbers without features, values that are the same in all rows, and outside of scans sequences that have
 * padding.
 */
public final class ExposeActivations {
    /** What stands at padded steps: no sigmoid, tanh or relu gives it. */
    public static final double PADDED = -2;

    private final GraphBuilder graph = new GraphBuilder();
    private final Map<Value, Value> copies = new IdentityHashMap<>();
    private final List<Root> found = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    private ExposeActivations() {}

    /** {@code forward} with a root for each activation. */
    public static Graph apply(Graph forward) {
        return new ExposeActivations().expose(forward);
    }

    private Graph expose(Graph forward) {
        boolean padded = forward.values().stream().anyMatch(v -> v.op() instanceof Op.StepMask);
        for (Value v : forward.values()) {
            if (v.op() instanceof Op.Scan scan) {
                scan(v, scan);
            } else {
                Value copy = graph.add(v.op(), operands(v), v.type(), v.origin());
                copies.put(v, copy);
                function(v)
                        .filter(_ -> !padded || v.type().rows() == Rows.BATCH)
                        .ifPresent(function -> found.add(root(v, function, copy)));
            }
        }
        List<Root> roots = new ArrayList<>(forward.roots().stream()
                .map(r -> new Root(r.kind(), r.name(), copies.get(r.value())))
                .toList());
        roots.addAll(found);
        return graph.graph(roots);
    }

    private List<Value> operands(Value v) {
        return v.operands().stream().map(copies::get).toList();
    }

    private void scan(Value v, Op.Scan scan) {
        Op.Body body = scan.body();
        GraphBuilder step = new GraphBuilder(new Graph(body.values(), List.of()));
        List<Op.Output> outputs = new ArrayList<>(body.outputs());
        List<Value> shown = new ArrayList<>();
        Optional<Value> mask = ScanMask.of(v);
        for (Value value : body.values()) {
            if (function(value).isPresent() && value.type().rows() == Rows.BATCH) {
                Value collected = mask.map(m ->
                                step.map(Function.SELECT, value.origin().named(""), m, value, step.constant(PADDED)))
                        .orElse(value);
                outputs.add(new Op.Output(collected, Op.Collect.STACK));
                shown.add(value);
            }
        }
        Op.Body more = step.body(body.carries(), outputs, body.sequences(), body.invariants());
        Value copy = graph.add(new Op.Scan(more, scan.backward()), operands(v), v.type(), v.origin());
        copies.put(v, copy);
        int index = body.carries().size() + body.outputs().size();
        for (Value value : shown) {
            Value stacked = graph.apply(new Op.Result(index++), value.origin(), copy);
            found.add(root(value, function(value).orElseThrow(), stacked));
        }
    }

    /** The name of the function that a value is the result of, if it is one that can saturate or die. */
    private static Optional<String> function(Value v) {
        boolean units = v.type().element() == Element.REAL
                && v.type().shape().size() == 1
                && v.type().rows() != Rows.NONE;
        if (!units || !(v.op() instanceof Op.Map(Function function))) {
            return Optional.empty();
        }
        return switch (function) {
            case SIGMOID -> Optional.of("sigmoid");
            case TANH -> Optional.of("tanh");
            case SELECT -> isRelu(v) ? Optional.of("relu") : Optional.empty();
            case MAXIMUM -> isZero(v.operand(0)) || isZero(v.operand(1)) ? Optional.of("relu") : Optional.empty();
            case ADD,
                    SUBTRACT,
                    MULTIPLY,
                    DIVIDE,
                    MINIMUM,
                    LESS,
                    LESS_EQUAL,
                    EQUAL,
                    NEGATE,
                    ABSOLUTE,
                    SQUARE_ROOT,
                    EXPONENTIAL,
                    LOGARITHM,
                    ERF,
                    EXPM1,
                    LOG1P,
                    POWER -> Optional.empty();
        };
    }

    /** The library's relu: {@code where(x <= 0, 0, x)}. */
    private static boolean isRelu(Value v) {
        Value condition = v.operand(0);
        return condition.op() instanceof Op.Map(Function compared)
                && compared == Function.LESS_EQUAL
                && condition.operand(0) == v.operand(2)
                && isZero(condition.operand(1))
                && isZero(v.operand(1));
    }

    private static boolean isZero(Value v) {
        return v.op() instanceof Op.Constant(double number)
                ? number == 0
                : v.op() instanceof Op.Expand && isZero(v.operand(0));
    }

    /** Named by the variable it is, or else by that it is made of: {@code h1.f.sigmoid}. */
    private Root root(Value of, String function, Value value) {
        Origin origin = of.origin();
        String variable = origin.name().isEmpty() && !of.operands().isEmpty()
                ? of.operands().getLast().origin().name()
                : origin.name();
        String place = origin.layer().isEmpty() ? "" : origin.layer() + ".";
        String wish = place + (variable.isEmpty() ? "" : variable + ".") + function;
        String name = wish;
        for (int i = 2; !names.add(name); i++) {
            name = place + (variable.isEmpty() ? "" : variable) + i + "." + function;
        }
        return new Root(RootKind.ACTIVATION, name, value);
    }
}
