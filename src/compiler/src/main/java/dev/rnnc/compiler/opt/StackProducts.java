package dev.rnnc.compiler.opt;

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
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Makes one product of the products that share an operand in the body of a scan, so that an equation for each gate costs
 * no more than one for all: {@code i = A @ x + a} and {@code f = B @ x + b} become
 * {@code s = concat(A, B) @ x + concat(a, b)}, {@code i = s[:M]} and {@code f = s[M:]}. Runs before the gradients are
 * derived, which then come out stacked. Does not fire where weights are computed in the loop or differ in size.
 */
public final class StackProducts extends Rewriter {
    private StackProducts() {}

    /** {@code graph} with stacked products. */
    public static Graph apply(Graph graph) {
        return new StackProducts().graph(graph);
    }

    @Override
    Value rewrite(Value value, Op op, List<Value> operands, GraphBuilder builder) {
        return op instanceof Op.Scan scan && !Stacks.products(scan.body()).isEmpty()
                ? builder.add(
                        new Op.Scan(new Stacking(biasesNextToProducts(scan.body())).run(), scan.backward()),
                        operands,
                        value.type(),
                        value.origin())
                : super.rewrite(value, op, operands, builder);
    }

    /**
     * {@code A @ x + a + B @ h + b} as {@code (A @ x + a) + (B @ h + b)}: gates that differ in what else they add then
     * agree in what they do with each operand.
     */
    private static Op.Body biasesNextToProducts(Op.Body body) {
        Sums sums = Stacks.sums(body);
        return copy(body, (v, copies, builder) -> {
            if (sums.isPart(v)) {
                return null; // the whole sum is made anew
            }
            if (!sums.isWhole(v)) {
                return builder.add(
                        v.op(), v.operands().stream().map(copies::get).toList(), v.type(), v.origin());
            }
            List<Value> partial = new ArrayList<>();
            boolean afterProduct = false;
            for (Value term : sums.terms(v)) {
                boolean bias = Stacks.isOuter(term)
                        && term.type().shape().equals(v.type().shape());
                if (bias && afterProduct) {
                    Value product = partial.removeLast();
                    partial.add(builder.map(Function.ADD, v.origin().named(""), product, copies.get(term)));
                } else {
                    partial.add(copies.get(term));
                    afterProduct = term.op() instanceof Op.Product;
                }
            }
            Value sum = partial.removeFirst();
            for (Value next : partial) {
                sum = builder.map(Function.ADD, v.origin(), sum, next);
            }
            return sum;
        });
    }

    private interface Copy {
        Value of(Value value, Map<Value, Value> copies, GraphBuilder builder);
    }

    private static Op.Body copy(Op.Body body, Copy copy) {
        GraphBuilder builder = new GraphBuilder();
        Map<Value, Value> copies = new IdentityHashMap<>();
        for (Value v : body.values()) {
            if (!copies.containsKey(v)) {
                copies.put(v, copy.of(v, copies, builder));
            }
        }
        return builder.body(
                body.carries().stream().map(copies::get).toList(),
                body.outputs().stream()
                        .map(o -> new Op.Output(copies.get(o.value()), o.collect()))
                        .toList(),
                body.sequences(),
                body.invariants());
    }

    /** One body. */
    private static final class Stacking {
        private final Op.Body body;
        private final Map<Value, Stacks.Stack> stacks;
        private final Map<Stacks.Stack, Value> wholes = new IdentityHashMap<>();

        Stacking(Op.Body body) {
            this.body = body;
            this.stacks = Stacks.of(body);
        }

        Op.Body run() {
            return copy(body, (v, copies, builder) -> {
                Stacks.Stack stack = stacks.get(v);
                if (stack == null) {
                    return builder.add(
                            v.op(), v.operands().stream().map(copies::get).toList(), v.type(), v.origin());
                }
                Value whole = whole(stack, copies, builder);
                int from = 0;
                for (Value member : stack.members()) {
                    int size = member.type().width();
                    copies.put(member, builder.apply(new Op.Slice(from, size), member.origin(), whole));
                    from += size;
                }
                return copies.get(v);
            });
        }

        private Value whole(Stacks.Stack stack, Map<Value, Value> copies, GraphBuilder builder) {
            Origin origin = origin(stack.members());
            Value made = switch (stack) {
                case Stacks.Products products ->
                    builder.apply(
                            new Op.Product(),
                            origin,
                            concat(products.weights(), copies, builder),
                            copies.get(products.members().getFirst().operand(1)));
                case Stacks.BiasSums sums ->
                    builder.map(Function.ADD, origin, wholes.get(sums.stack()), concat(sums.biases(), copies, builder));
                case Stacks.StackSums sums ->
                    builder.map(Function.ADD, origin, wholes.get(sums.left()), wholes.get(sums.right()));
            };
            wholes.put(stack, made);
            return made;
        }

        /** Leaves may stand behind the first that needs them. */
        private static Value concat(List<Value> leaves, Map<Value, Value> copies, GraphBuilder builder) {
            List<Value> parts = leaves.stream()
                    .map(l -> copies.computeIfAbsent(l, _ -> builder.leaf(l.op(), l.type(), l.origin())))
                    .toList();
            return builder.add(new Op.Concat(), parts, null, parts.getFirst().origin());
        }

        private static Origin origin(List<Value> members) {
            Origin first = members.getFirst().origin();
            String equations = members.stream()
                    .map(m -> m.origin().equation())
                    .filter(Objects::nonNull)
                    .distinct()
                    .collect(Collectors.joining("\n"));
            return new Origin(first.layer(), "", equations, first.line());
        }
    }
}
