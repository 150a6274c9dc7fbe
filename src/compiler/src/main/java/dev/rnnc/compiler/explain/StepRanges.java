package dev.rnnc.compiler.explain;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.math.Power;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Between which numbers the values of one step lie, whatever the inputs: interval arithmetic over a scan's body. */
final class StepRanges {
    private final BodyWeights weights;
    private final Interval[] states;
    private final Map<Key, Interval> known = new HashMap<>();

    /** Features {@code from} to {@code from + size} of a value. */
    private record Key(Value value, int from, int size) {}

    /** @param states the range of each state before the step */
    StepRanges(BodyWeights weights, Interval[] states) {
        this.weights = weights;
        this.states = states;
    }

    /** The range of all features. */
    Interval of(Value value) {
        return of(value, 0, value.type().width());
    }

    /** The range of some features. */
    Interval of(Value value, int from, int size) {
        Key key = new Key(value, from, size);
        Interval range = known.get(key);
        if (range == null) {
            range = find(value, from, size);
            known.put(key, range);
        }
        return range;
    }

    private Interval find(Value v, int from, int size) {
        return switch (v.op()) {
            case Op.Constant(double number) -> new Interval(number, number);
            case Op.CarryIn(int index) -> states[index];
            case Op.Invariant _ -> invariant(v, from, size);
            case Op.RandomMask mask -> new Interval(0, 1 / mask.keep());
            case Op.OneHot _, Op.FeatureMask _ -> new Interval(0, 1);
            case Op.Map(Function function) -> map(function, v, from, size);
            case Op.Expand _, Op.Detach _ -> part(v.operand(0), from, size);
            case Op.Slice slice -> of(v.operand(0), slice.from() + from, size);
            case Op.Concat _ -> concat(v, from, size);
            case Op.Reduce reduce -> {
                Interval each = of(v.operand(0));
                int features = v.operand(0).type().width();
                yield reduce.fold() == Op.Fold.SUM ? each.times(new Interval(features, features)) : each;
            }
            case Op.Product _ -> product(v, from, size);
            default -> Interval.ALL;
        };
    }

    /** An operand of an element-wise operation: a number is the same for all features. */
    private Interval part(Value operand, int from, int size) {
        return operand.type().isScalar() ? of(operand, 0, 1) : of(operand, from, size);
    }

    private Interval invariant(Value v, int from, int size) {
        Optional<double[]> values = weights.of(v);
        if (values.isEmpty()) {
            return Interval.ALL;
        }
        boolean vector = v.type().shape().size() == 1;
        return Interval.of(vector ? Arrays.copyOfRange(values.get(), from, from + size) : values.get());
    }

    private Interval map(Function function, Value v, int from, int size) {
        Interval a = part(v.operand(0), from, size);
        Interval b = v.operands().size() > 1 ? part(v.operand(1), from, size) : Interval.ALL;
        return switch (function) {
            case ADD -> a.plus(b);
            case SUBTRACT -> a.plus(b.negated());
            case MULTIPLY -> v.operand(0) == v.operand(1) ? a.absolute().times(a.absolute()) : a.times(b);
            case DIVIDE -> a.dividedBy(b);
            case MINIMUM -> a.smaller(b);
            case MAXIMUM -> a.larger(b);
            case LESS, LESS_EQUAL, EQUAL, SIGMOID -> new Interval(0, 1);
            case SELECT -> {
                Interval c = part(v.operand(2), from, size);
                yield BodyWeights.isRelu(v) ? c.larger(Interval.ZERO) : b.hull(c);
            }
            case NEGATE -> a.negated();
            case ABSOLUTE -> a.absolute();
            case SQUARE_ROOT -> new Interval(Math.sqrt(Math.max(0, a.low())), Math.sqrt(Math.max(0, a.high())));
            case EXPONENTIAL -> new Interval(Math.exp(a.low()), Math.exp(a.high()));
            case LOGARITHM -> a.low() > 0 ? new Interval(Math.log(a.low()), Math.log(a.high())) : Interval.ALL;
            case TANH, ERF -> new Interval(-1, 1);
            case EXPM1 -> new Interval(Math.expm1(a.low()), Math.expm1(a.high()));
            case LOG1P -> a.low() > -1 ? new Interval(Math.log1p(a.low()), Math.log1p(a.high())) : Interval.ALL;
            case POWER -> power(a, b);
        };
    }

    /** Of numbers above 0, {@code x^e} is monotone in both: its extremes lie at the corners. */
    private static Interval power(Interval base, Interval exponent) {
        if (base.low() <= 0) {
            return Interval.ALL;
        }
        return Interval.of(new double[] {
            Power.power(base.low(), exponent.low()),
            Power.power(base.low(), exponent.high()),
            Power.power(base.high(), exponent.low()),
            Power.power(base.high(), exponent.high())
        });
    }

    private Interval concat(Value v, int from, int size) {
        Interval range = null;
        int start = 0;
        for (Value operand : v.operands()) {
            int width = operand.type().width();
            int first = Math.max(from, start);
            int end = Math.min(from + size, start + width);
            if (first < end) {
                Interval piece = of(operand, first - start, end - first);
                range = range == null ? piece : range.hull(piece);
            }
            start += width;
        }
        return range;
    }

    private Interval product(Value v, int from, int size) {
        Interval x = of(v.operand(1));
        Optional<double[]> matrix = weights.of(v.operand(0));
        Interval initial = v.operands().size() == 3 ? part(v.operand(2), from, size) : Interval.ZERO;
        if (matrix.isEmpty() || x.magnitude() == Double.POSITIVE_INFINITY) {
            return Interval.ALL;
        }
        int columns = v.operand(0).type().shape().get(1);
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int row = from; row < from + size; row++) {
            double low = 0;
            double high = 0;
            for (int i = 0; i < columns; i++) {
                double weight = matrix.get()[row * columns + i];
                low += weight * (weight > 0 ? x.low() : x.high());
                high += weight * (weight > 0 ? x.high() : x.low());
            }
            least = Math.min(least, low);
            most = Math.max(most, high);
        }
        return new Interval(least, most).plus(initial);
    }
}
