package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.opt.LossTerms.LossTerm;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Shows what a loss is made of, so that the losses of several runs can be put together to that of all their rows at once:
 * a mean over rows is then the sum of numerators over the sum of denominators.
 *
 * <p>Before: {@code loss = n1 / d1 + n2 / d2 + s}. After: the same, roots {@link RootKind#LOSS_PART} for {@code n1}, {@code
 * n2} and {@code s}, and roots {@link RootKind#LOSS_COUNT} for {@code d1} and {@code d2}. Terms with the same denominator
 * are one; a term that no row changes is one divided by 1. A loss that is a mean alone shows its {@code d1} only; one that
 * is a sum alone, itself. One that is none of this, such as the root of a mean, shows nothing.
 *
 * <p>The gradient of a mean alone can be weighted after a run. Where there are several terms it cannot, so in a program
 * that trains {@code d1} becomes {@code total1 where that is not 0, else d1}, where {@code total1} is an input: the
 * denominator of all runs together. For that no denominator may depend on parameters, states or dropout; then too nothing
 * is shown.
 */
public final class SplitLoss {
    private record Key(Op op, List<Integer> operands, Type type) {}

    /** Terms with the same denominator. */
    private record Quotient(Value count, List<Value> numerators) {}

    private final Graph graph;
    private final GraphBuilder builder;
    private final Map<Key, Integer> numbers = new HashMap<>();
    private final Map<Value, Integer> numberOf = new IdentityHashMap<>();

    private SplitLoss(Graph graph) {
        this.graph = graph;
        this.builder = new GraphBuilder(graph);
    }

    /** {@code graph} with the parts of its loss, whose denominators a caller may give. */
    public static Graph forTraining(Graph graph) {
        return new SplitLoss(graph).split(true);
    }

    /** {@code graph} with the parts of its loss. */
    public static Graph forEvaluation(Graph graph) {
        return new SplitLoss(graph).split(false);
    }

    private Graph split(boolean training) {
        Optional<Value> loss = graph.roots().stream()
                .filter(r -> r.kind() == RootKind.LOSS)
                .map(Root::value)
                .findFirst();
        Optional<List<LossTerm>> terms = loss.flatMap(value -> LossTerms.of(value, builder));
        if (terms.isEmpty()
                || training
                        && terms.get().stream()
                                .anyMatch(t -> t.count().isPresent()
                                        && !isGiven(t.count().get()))) {
            return graph;
        }
        List<Value> sums = new ArrayList<>();
        List<Value> fixed = new ArrayList<>();
        Map<Integer, Quotient> quotients = new LinkedHashMap<>();
        for (LossTerm term : terms.get()) {
            if (term.count().isPresent()) {
                Value count = term.count().get();
                quotients
                        .computeIfAbsent(number(count), _ -> new Quotient(count, new ArrayList<>()))
                        .numerators()
                        .add(term.numerator());
            } else {
                (term.fixed() ? fixed : sums).add(term.numerator());
            }
        }
        List<Root> roots = new ArrayList<>(graph.roots());
        if (quotients.size() == 1 && sums.isEmpty()) {
            // Means add up to a mean, and shares that add up to 1 leave what is fixed as it is.
            roots.add(new Root(
                    RootKind.LOSS_COUNT,
                    "1",
                    quotients.values().iterator().next().count()));
            return builder.graph(roots);
        }
        if (quotients.isEmpty() && fixed.isEmpty()) {
            roots.add(new Root(RootKind.LOSS_PART, PortSpec.SUM, loss.get()));
            return builder.graph(roots);
        }
        List<Quotient> all = new ArrayList<>(quotients.values());
        if (!fixed.isEmpty()) {
            all.add(new Quotient(builder.constant(1), fixed));
        }
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String name = Integer.toString(i + 1);
            Value part = sum(all.get(i).numerators());
            Value count = all.get(i).count();
            roots.add(new Root(RootKind.LOSS_PART, name, part));
            roots.add(new Root(RootKind.LOSS_COUNT, name, count));
            values.add(map(Function.DIVIDE, part, nonZero(training ? total(name, count) : count)));
        }
        if (!sums.isEmpty()) {
            Value part = sum(sums);
            roots.add(new Root(RootKind.LOSS_PART, PortSpec.SUM, part));
            values.add(part);
        }
        if (training) {
            Value split = sum(values);
            roots.replaceAll(r -> r.kind() == RootKind.LOSS ? new Root(RootKind.LOSS, r.name(), split) : r);
        }
        return builder.graph(roots);
    }

    /** The denominator that the caller gives, or the run's own. */
    private Value total(String name, Value own) {
        String port = PortSpec.LOSS_TOTAL + name;
        Value given = builder.leaf(new Op.Input(port), Type.real(Rows.NONE), new Origin("", port, "", 0));
        return map(Function.SELECT, given, given, own);
    }

    /** 1 instead of 0: the numerator is then 0 as well. */
    private Value nonZero(Value count) {
        return map(Function.SELECT, count, count, builder.constant(1));
    }

    private Value sum(List<Value> values) {
        return values.stream().reduce((a, b) -> map(Function.ADD, a, b)).orElseThrow();
    }

    private Value map(Function function, Value... operands) {
        return builder.map(function, operands[0].origin().named(""), operands);
    }

    /** Whether a value follows from inputs and targets alone. */
    private static boolean isGiven(Value value) {
        return isGiven(value, new HashSet<>());
    }

    private static boolean isGiven(Value value, Set<Value> seen) {
        if (!seen.add(value)) {
            return true;
        }
        boolean given = switch (value.op()) {
            case Op.Parameter _, Op.State _, Op.RandomMask _ -> false;
            default -> true;
        };
        // A choice between a value and itself depends on no condition.
        boolean same = value.op() instanceof Op.Map(Function function)
                && function == Function.SELECT
                && value.operand(1) == value.operand(2);
        return given
                && value.operands().subList(same ? 1 : 0, value.operands().size()).stream()
                        .allMatch(o -> isGiven(o, seen));
    }

    /** The same number for values that are computed in the same way. */
    private int number(Value value) {
        Integer known = numberOf.get(value);
        if (known == null) {
            List<Integer> operands = value.operands().stream().map(this::number).toList();
            known = numbers.computeIfAbsent(new Key(value.op(), operands, value.type()), _ -> numbers.size());
            numberOf.put(value, known);
        }
        return known;
    }
}
