package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the values of a body that {@link StackProducts} computes as one. */
final class Stacks {
    /** Values computed as one, in the order in which they lie. */
    sealed interface Stack {
        List<Value> members();
    }

    /** Products of one operand. */
    record Products(List<Value> members) implements Stack {
        List<Value> weights() {
            return members.stream().map(m -> m.operand(0)).toList();
        }
    }

    /** Each member of a stack plus a parameter. */
    record BiasSums(List<Value> members, Stack stack, List<Value> biases) implements Stack {}

    /** Each member of a stack plus that of another. */
    record StackSums(List<Value> members, Stack left, Stack right) implements Stack {}

    private final Sums sums;
    private final Map<Value, Value> onlyUser = new IdentityHashMap<>();
    private final Map<Value, Stack> byMember = new IdentityHashMap<>();

    private Stacks(Op.Body body) {
        this.sums = sums(body);
        body.values().forEach(v -> v.operands().forEach(o -> onlyUser.put(o, v)));
    }

    /** The stacks of a body by their members. */
    static Map<Value, Stack> of(Op.Body body) {
        Stacks stacks = new Stacks(body);
        List<Stack> open = new ArrayList<>();
        for (List<Value> products : products(body)) {
            open.add(stacks.record(new Products(products)));
        }
        // A sum of two stacks is found from either, once both are known.
        boolean found;
        do {
            found = false;
            for (Stack stack : List.copyOf(open)) {
                Stack sum = stacks.sum(stack);
                if (sum != null) {
                    open.remove(stack);
                    open.add(stacks.record(sum));
                    found = true;
                }
            }
        } while (found);
        return stacks.byMember;
    }

    /** The products that can be one: of one operand and one size, with weights from outside the loop. */
    static List<List<Value>> products(Op.Body body) {
        record Key(Value operand, Type type) {}
        Map<Key, List<Value>> groups = new LinkedHashMap<>();
        for (Value v : body.values()) {
            if (v.op() instanceof Op.Product && v.operands().size() == 2 && isOuter(v.operand(0))) {
                groups.computeIfAbsent(new Key(v.operand(1), v.type()), _ -> new ArrayList<>())
                        .add(v);
            }
        }
        return groups.values().stream().filter(g -> g.size() > 1).toList();
    }

    static Sums sums(Op.Body body) {
        Sums sums = new Sums();
        sums.add(
                body.values(),
                Stream.concat(body.carries().stream(), body.outputs().stream().map(Op.Output::value))
                        .toList());
        return sums;
    }

    /** Whether {@code value} is the same at every step and for every sequence. */
    static boolean isOuter(Value value) {
        return value.op() instanceof Op.Invariant && value.type().rows() == Rows.NONE;
    }

    private Stack record(Stack stack) {
        stack.members().forEach(m -> byMember.put(m, stack));
        return stack;
    }

    /** The stack of what is added to all members of {@code stack}, or null. */
    private Stack sum(Stack stack) {
        List<Value> users = new ArrayList<>();
        List<Value> others = new ArrayList<>();
        for (Value member : stack.members()) {
            Value user = onlyUser.get(member);
            if (sums.uses(member) != 1 || user == null || !isAddition(user, member) || byMember.containsKey(user)) {
                return null;
            }
            users.add(user);
            others.add(user.operand(user.operand(0) == member ? 1 : 0));
        }
        Type bias = stack.members().getFirst().type().withRows(Rows.NONE);
        if (others.stream().allMatch(o -> isOuter(o) && o.type().equals(bias))) {
            return new BiasSums(users, stack, others);
        }
        Stack other = byMember.get(others.getFirst());
        boolean matches = other != null
                && other != stack
                && other.members().equals(others)
                && others.stream().allMatch(o -> sums.uses(o) == 1);
        boolean isLeft = users.getFirst().operand(0) == stack.members().getFirst();
        return !matches ? null : isLeft ? new StackSums(users, stack, other) : new StackSums(users, other, stack);
    }

    private static boolean isAddition(Value user, Value member) {
        return user.op() instanceof Op.Map(Function f)
                && f == Function.ADD
                && user.type().equals(member.type());
    }
}
