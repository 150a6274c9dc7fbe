package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.ScanMask;
import dev.rnnc.compiler.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How much a gradient can grow or must shrink when it goes back one step through a recurrent layer, told from the cell's
 * equations and the present weights: a bound of the largest singular value of the Jacobian of all its states after a
 * step with respect to those before it. Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural
 * networks", arXiv 1211.5063: with a bound below 1 gradients must vanish, and they can explode only with one above 1.
 *
 * <p>So, where the loss reads nothing before the last step T, the norm of dL/ds(t) over all states s of the layer is at
 * most {@code spread * factor^(T - t)} times that of dL/ds(T).
 *
 * <p>Inputs may be anything. A state whose range the equations do not bound is taken to stay within [-1, 1].
 *
 * @param layer the layer's name
 * @param backward whether it runs from the last step to the first
 * @param states the names of its states, {@code LAYER.STATE}
 * @param factor the bound; infinite where none can be told
 * @param spread 1, or more where states read others of the same step, as the h of an LSTM its c: then the gradient of
 *     the one holds some of the other's
 * @param direct for each state a bound for its way to itself that goes through no matrix: what gates let pass
 * @param norms the largest singular values of the matrices that the states are multiplied with, by parameter
 * @param assumed the states that are taken to stay within [-1, 1] and whose range has a part in the bound
 */
public record RecurrentBound(
        String layer,
        boolean backward,
        List<String> states,
        double factor,
        double spread,
        List<Double> direct,
        SortedMap<String, Double> norms,
        List<String> assumed) {
    private static final int ROUNDS = 12;

    public RecurrentBound {
        states = List.copyOf(states);
        direct = List.copyOf(direct);
        assumed = List.copyOf(assumed);
    }

    /**
     * The bound of every recurrent layer.
     *
     * @param forward the graph of a model as its equations say, with a root for each state
     * @param parameters the values of a parameter by its name, dense and row by row
     */
    public static List<RecurrentBound> of(Graph forward, Function<String, double[]> parameters) {
        Map<Value, List<Graph.Root>> scans = new IdentityHashMap<>();
        List<Value> order = new ArrayList<>();
        for (Graph.Root root : forward.roots()) {
            if (root.kind() == RootKind.STATE && root.value().op() instanceof Op.Result) {
                Value scan = root.value().operand(0);
                scans.computeIfAbsent(scan, s -> {
                            order.add(s);
                            return new ArrayList<>();
                        })
                        .add(root);
            }
        }
        return order.stream().map(scan -> of(scan, scans.get(scan), parameters)).toList();
    }

    private static RecurrentBound of(Value scan, List<Graph.Root> roots, Function<String, double[]> parameters) {
        Op.Scan op = (Op.Scan) scan.op();
        int count = op.body().carries().size();
        String[] names = new String[count];
        Value[] next = new Value[count];
        for (int i = 0; i < count; i++) {
            next[i] = ScanMask.next(scan, i);
        }
        roots.forEach(root -> names[((Op.Result) root.value().op()).index()] = root.name());
        BodyWeights weights = new BodyWeights(scan, parameters);
        Set<Integer> assumed = new TreeSet<>();
        Interval[] states = stateRanges(weights, next, assumed);
        StepRanges ranges = new StepRanges(weights, states);

        List<Double> direct = new ArrayList<>();
        SortedMap<String, Double> norms = new TreeMap<>();
        double[] jacobian = jacobian(weights, ranges, next, norms);
        for (int before = 0; before < count; before++) {
            direct.add(new StepSlopes(weights, ranges, isCarry(before), false).of(next[before]));
        }
        List<String> told = new ArrayList<>();
        for (int state : assumed) {
            // Twice the range tells whether it has a part in the bound at all.
            Interval[] wider = states.clone();
            wider[state] = new Interval(-2, 2);
            if (!Arrays.equals(jacobian, jacobian(weights, new StepRanges(weights, wider), next, new TreeMap<>()))) {
                told.add(names[state]);
            }
        }
        return new RecurrentBound(
                scan.origin().layer(),
                op.backward(),
                List.of(names),
                norm(jacobian, count),
                spread(weights, ranges, next),
                direct,
                norms,
                told);
    }

    /** The bounds of the blocks of the Jacobian: a row for each state after the step, a column for each before it. */
    private static double[] jacobian(
            BodyWeights weights, StepRanges ranges, Value[] next, SortedMap<String, Double> norms) {
        int count = next.length;
        double[] jacobian = new double[count * count];
        for (int before = 0; before < count; before++) {
            StepSlopes slopes = new StepSlopes(weights, ranges, isCarry(before), true);
            for (int after = 0; after < count; after++) {
                jacobian[after * count + before] = slopes.of(next[after]);
            }
            norms.putAll(slopes.norms());
        }
        return jacobian;
    }

    private static double norm(double[] matrix, int size) {
        for (double slope : matrix) {
            if (!Double.isFinite(slope)) {
                return Double.POSITIVE_INFINITY;
            }
        }
        return SpectralNorm.of(matrix, 0, size, size);
    }

    private static Predicate<Value> isCarry(int state) {
        return v -> v.op() instanceof Op.CarryIn(int index) && index == state;
    }

    /**
     * The condition number of {@code 1 + N}, with N what states of one step get from others of it: N has no way back to
     * where it came from, so {@code 1 / (1 + N)} is a finite sum.
     */
    private static double spread(BodyWeights weights, StepRanges ranges, Value[] next) {
        int count = next.length;
        double[] within = new double[count * count];
        for (int from = 0; from < count; from++) {
            Value source = next[from];
            StepSlopes slopes = new StepSlopes(weights, ranges, v -> v == source, true);
            for (int to = 0; to < count; to++) {
                within[to * count + from] = next[to] == source ? 0 : slopes.of(next[to]);
            }
        }
        double norm = norm(within, count);
        double inverse = 1;
        for (int i = 1; i < count; i++) {
            inverse = 1 + norm * inverse;
        }
        return (1 + norm) * inverse;
    }

    /** The ranges that states keep for ever; [-1, 1] for those that go on growing. */
    private static Interval[] stateRanges(BodyWeights weights, Value[] next, Set<Integer> assumed) {
        Interval[] ranges = new Interval[next.length];
        Arrays.fill(ranges, Interval.ZERO);
        boolean[] fixed = new boolean[next.length];
        for (int round = 0; round < ROUNDS; round++) {
            StepRanges step = new StepRanges(weights, ranges.clone());
            for (int i = 0; i < next.length; i++) {
                Interval wider = ranges[i].hull(step.of(next[i]));
                boolean grows = !wider.equals(ranges[i]) || wider.magnitude() == Double.POSITIVE_INFINITY;
                if (!fixed[i] && grows && round >= ROUNDS / 2) {
                    fixed[i] = true;
                    assumed.add(i);
                    ranges[i] = new Interval(-1, 1);
                } else if (!fixed[i]) {
                    ranges[i] = wider;
                }
            }
        }
        return ranges;
    }
}
