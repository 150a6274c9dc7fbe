package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** What depends on what within one region. */
final class Dependence {
    private Dependence() {}

    /** The values that depend on a carried value, and thus on the step before. */
    static Set<Value> onCarries(List<Value> values) {
        return on(values, v -> v.op() instanceof Op.CarryIn);
    }

    /** The values that may differ from step to step whatever is carried. */
    static Set<Value> onSteps(List<Value> values) {
        return on(values, v -> v.op() instanceof Op.StepInput || v.op() instanceof Op.RandomMask);
    }

    /** The values that are sources, and those that depend on one. */
    static Set<Value> on(List<Value> values, Predicate<Value> isSource) {
        Set<Value> dependent = identitySet();
        for (Value v : values) {
            if (isSource.test(v) || v.operands().stream().anyMatch(dependent::contains)) {
                dependent.add(v);
            }
        }
        return dependent;
    }

    /** The values that {@code targets} need, themselves included. */
    static Set<Value> ancestors(List<Value> values, Collection<Value> targets) {
        Set<Value> needed = identitySet();
        needed.addAll(targets);
        for (Value v : values.reversed()) {
            if (needed.contains(v)) {
                needed.addAll(v.operands());
            }
        }
        return needed;
    }

    static Set<Value> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }
}
