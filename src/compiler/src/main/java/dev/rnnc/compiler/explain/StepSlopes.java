package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.math.Power;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * How much the values of one step can change with one of them: bounds of the spectral norm of the Jacobian d value/d source,
 * by the chain rule. A sigmoid's slope is at most 1/4, a tanh's and relu's 1; a factor counts with its largest absolute
 * value, a matrix with its largest singular value. Infinite where no bound can be told.
 */
final class StepSlopes {
    private static final double SIGMOID = 0.25;
    private static final double ERF = 2 / Math.sqrt(Math.PI);

    private final BodyWeights weights;
    private final StepRanges ranges;
    private final Predicate<Value> source;
    private final boolean throughProducts;
    private final Map<Key, Double> known = new HashMap<>();
    private final SortedMap<String, Double> norms = new TreeMap<>();

    private record Key(Value value, int from, int size) {}

    /**
     * @param source the value, such as a state before the step
     * @param throughProducts whether ways through a matrix count, or only the element-wise ones
     */
    StepSlopes(BodyWeights weights, StepRanges ranges, Predicate<Value> source, boolean throughProducts) {
        this.weights = weights;
        this.ranges = ranges;
        this.source = source;
        this.throughProducts = throughProducts;
    }

    /** The bound for all features of a value. */
    double of(Value value) {
        return of(value, 0, value.type().width());
    }

    /** The largest singular values of the matrices that the source goes through, by parameter. */
    SortedMap<String, Double> norms() {
        return norms;
    }

    private double of(Value value, int from, int size) {
        Key key = new Key(value, from, size);
        Double slope = known.get(key);
        if (slope == null) {
            slope = find(value, from, size);
            known.put(key, slope);
        }
        return slope;
    }

    private double find(Value v, int from, int size) {
        if (source.test(v)) {
            return 1;
        }
        return switch (v.op()) {
            case Op.Map(Function function) -> map(function, v, from, size);
            case Op.Expand _ -> part(v.operand(0), v, from, size);
            case Op.Slice slice -> of(v.operand(0), slice.from() + from, size);
            case Op.Concat _ -> concat(v, from, size);
            case Op.Reduce reduce -> {
                double slope = of(v.operand(0));
                int features = v.operand(0).type().width();
                yield reduce.fold() == Op.Fold.SUM ? slope * Math.sqrt(features) : slope;
            }
            case Op.Product _ -> product(v, from, size);
            case Op.Detach _, Op.OneHot _, Op.FeatureMask _ -> 0;
            default -> {
                boolean reached = v.operands().stream().anyMatch(operand -> of(operand) > 0);
                yield reached ? Double.POSITIVE_INFINITY : 0;
            }
        };
    }

    /** The slope of an operand; a number that all features share counts once for each. */
    private double part(Value operand, Value user, int from, int size) {
        if (!operand.type().isScalar()) {
            return of(operand, from, size);
        }
        return user.type().isScalar() ? of(operand, 0, 1) : of(operand, 0, 1) * Math.sqrt(size);
    }

    private Interval range(Value operand, int from, int size) {
        return operand.type().isScalar() ? ranges.of(operand) : ranges.of(operand, from, size);
    }

    private double map(Function function, Value v, int from, int size) {
        double a = part(v.operand(0), v, from, size);
        double b = v.operands().size() > 1 ? part(v.operand(1), v, from, size) : 0;
        Interval first = range(v.operand(0), from, size);
        Interval second = v.operands().size() > 1 ? range(v.operand(1), from, size) : Interval.ZERO;
        return switch (function) {
            case ADD, SUBTRACT -> a + b;
            case MULTIPLY -> Interval.product(second.magnitude(), a) + Interval.product(first.magnitude(), b);
            case DIVIDE -> {
                double least = second.distanceFromZero();
                yield Interval.product(a, 1 / least)
                        + Interval.product(Interval.product(first.magnitude(), b), 1 / (least * least));
            }
            case MINIMUM, MAXIMUM -> Math.hypot(a, b);
            case LESS, LESS_EQUAL, EQUAL -> 0;
            case SELECT -> Math.hypot(b, part(v.operand(2), v, from, size));
            case NEGATE, ABSOLUTE, TANH -> a;
            case SQUARE_ROOT -> Interval.product(a, 0.5 / Math.sqrt(Math.max(0, first.low())));
            case EXPONENTIAL -> Interval.product(a, Math.exp(first.high()));
            case LOGARITHM -> Interval.product(a, 1 / Math.max(0, first.low()));
            case SIGMOID -> SIGMOID * a;
            case ERF -> ERF * a;
            case EXPM1 -> Interval.product(a, Math.exp(first.high()));
            case LOG1P -> Interval.product(a, 1 / Math.max(0, 1 + first.low()));
            case POWER -> power(a, b, first, second);
        };
    }

    /** The slopes are {@code e x^(e-1)} and {@code x^e ln(x)}, the largest at a corner where {@code x} is above 0. */
    private static double power(double a, double b, Interval base, Interval exponent) {
        if (base.low() <= 0) {
            return a == 0 && b == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        double slope = 0;
        double most = 0;
        for (double x : new double[] {base.low(), base.high()}) {
            for (double e : new double[] {exponent.low(), exponent.high()}) {
                slope = Math.max(slope, Power.power(x, e - 1));
                most = Math.max(most, Power.power(x, e));
            }
        }
        double logarithm = Math.max(Math.abs(Math.log(base.low())), Math.abs(Math.log(base.high())));
        return Interval.product(a, Interval.product(exponent.magnitude(), slope))
                + Interval.product(b, Interval.product(most, logarithm));
    }

    private double concat(Value v, int from, int size) {
        double square = 0;
        int start = 0;
        for (Value operand : v.operands()) {
            int width = operand.type().width();
            int first = Math.max(from, start);
            int end = Math.min(from + size, start + width);
            if (first < end) {
                double slope = of(operand, first - start, end - first);
                square += slope * slope;
            }
            start += width;
        }
        return Math.sqrt(square);
    }

    private double product(Value v, int from, int size) {
        double initial = v.operands().size() == 3 ? part(v.operand(2), v, from, size) : 0;
        double x = of(v.operand(1));
        if (x == 0 || !throughProducts) {
            return initial;
        }
        Value matrix = v.operand(0);
        Optional<double[]> values = weights.of(matrix);
        if (values.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        int rows = matrix.type().shape().get(0);
        int columns = matrix.type().shape().get(1);
        norms.computeIfAbsent(weights.name(matrix).orElseThrow(), _ -> SpectralNorm.of(values.get(), 0, rows, columns));
        return initial + SpectralNorm.of(values.get(), from, size, columns) * x;
    }
}
