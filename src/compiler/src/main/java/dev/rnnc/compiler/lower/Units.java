package dev.rnnc.compiler.lower;

import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Cuts a graph or body into units that run one after another: clusters of element-wise values that share one loop, and
 * single heavier operations. A value joins the last cluster of its shape that comes after all it needs, as long as the
 * cluster stays within the budget of one method: HotSpot's first compiler gives up on a method with too many vector
 * operations, and then the second never sees it.
 */
final class Units {
    /** Vector operations one element-wise kernel may have. */
    static final int BUDGET = 48;

    /** One unit: a cluster, or one heavy value. */
    static final class Unit {
        final List<Value> values = new ArrayList<>();
        final boolean cluster;
        final Object phase;
        private int cost;

        Unit(boolean cluster, Object phase) {
            this.cluster = cluster;
            this.phase = phase;
        }
    }

    private final List<Unit> units = new ArrayList<>();
    private final Map<Value, Integer> places = new IdentityHashMap<>();
    private final Set<Value> stored = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * @param values the values of the region
     * @param results the values that must be in memory when the region ends
     * @param phase which routine a value belongs to; a cluster never spans two
     */
    Units(List<Value> values, Collection<Value> results, Function<Value, Object> phase) {
        for (Value v : values) {
            if (Context.isElementwise(v)) {
                join(v, phase.apply(v));
            } else if (isWork(v)) {
                Unit unit = new Unit(false, phase.apply(v));
                unit.values.add(v);
                units.add(unit);
                places.put(v, units.size() - 1);
            } else {
                places.put(v, v.operands().stream().mapToInt(places::get).max().orElse(-1));
            }
        }
        results.forEach(r -> store(r));
        for (Value v : values) {
            if (v.op() instanceof Op.Scan || !Context.isElementwise(v)) {
                v.operands().forEach(this::store);
            } else {
                v.operands().stream().filter(o -> !sameUnit(o, v)).forEach(this::store);
            }
        }
    }

    /** The units in the order in which they run. */
    List<Unit> order() {
        return units;
    }

    /** Whether an element-wise value must be written to memory. */
    boolean isStored(Value value) {
        return stored.contains(value);
    }

    /** The number of the unit after which a value is there; -1 where it is there from the start. */
    int place(Value value) {
        return places.get(value);
    }

    /** Whether both belong to one cluster. */
    boolean sameUnit(Value a, Value b) {
        return Context.isElementwise(a)
                && Context.isElementwise(b)
                && places.get(a).equals(places.get(b));
    }

    private void store(Value value) {
        if (Context.isElementwise(value)) {
            stored.add(value);
        }
    }

    private static boolean isWork(Value v) {
        return switch (v.op()) {
            case Op.Detach _,
                    Op.TokenConstant _,
                    Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.Constant _,
                    Op.RowCount _,
                    Op.CarryIn _,
                    Op.StepInput _,
                    Op.Invariant _,
                    Op.Slice _,
                    Op.StepAt _,
                    Op.Result _,
                    Op.Expand _ -> false;
            case Op.Map _,
                    Op.FeatureMask _,
                    Op.StepMask _,
                    Op.Shift _,
                    Op.Scores _,
                    Op.Mix _,
                    Op.MixBack _,
                    Op.OneHot _,
                    Op.RandomMask _,
                    Op.Reduce _,
                    Op.Concat _,
                    Op.Pick _,
                    Op.Product _,
                    Op.TransposedProduct _,
                    Op.Lookup _,
                    Op.SumRows _,
                    Op.OuterSum _,
                    Op.TableSum _,
                    Op.StepPad _,
                    Op.Scan _ -> true;
        };
    }

    private void join(Value v, Object phase) {
        int cost = v.op() instanceof Op.Map map ? Functions.cost(map.function(), v) : 1;
        for (int i = units.size() - 1; i >= 0 && i >= earliest(v, i); i--) {
            Unit unit = units.get(i);
            if (unit.cluster
                    && unit.phase.equals(phase)
                    && sameLoop(unit.values.get(0).type(), v.type())
                    && unit.cost + cost <= Math.max(BUDGET, cost)) {
                add(unit, i, v, cost);
                return;
            }
        }
        Unit unit = new Unit(true, phase);
        units.add(unit);
        add(unit, units.size() - 1, v, cost);
    }

    /** The first unit that {@code v} may be part of, asking for unit {@code i}: behind what it needs, or beside it. */
    private int earliest(Value v, int i) {
        int earliest = 0;
        for (Value operand : v.operands()) {
            int place = places.get(operand);
            boolean beside = Context.isElementwise(operand) && place == i;
            earliest = Math.max(earliest, beside ? place : place + 1);
        }
        return earliest;
    }

    private void add(Unit unit, int place, Value v, int cost) {
        unit.values.add(v);
        unit.cost += cost;
        places.put(v, place);
    }

    private static boolean sameLoop(Type a, Type b) {
        return a.rows() == b.rows() && a.shape().equals(b.shape());
    }
}
