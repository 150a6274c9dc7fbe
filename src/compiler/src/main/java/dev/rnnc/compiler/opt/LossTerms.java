package dev.rnnc.compiler.opt;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.Rows;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a loss as a sum of terms that can be put together from runs over parts of the rows: quotients of sums over rows,
 * sums over rows, and numbers that no row changes.
 */
final class LossTerms {
    /** The most a user may add to a denominator, or lift it to, for it to be no part of the number. */
    private static final double TINY = 1e-6;

    /** How a value depends on the rows of a batch. */
    private enum Kind {
        /** Not at all. */
        FIXED,
        /** Row by row: it has rows, and each depends on its own alone. */
        ROWS,
        /** The value of all rows is the sum of those of parts. */
        SUM,
        /** Otherwise. */
        MIXED
    }

    /**
     * One term.
     *
     * @param numerator a number
     * @param count what it is divided by, a sum over rows; empty where there is nothing
     * @param fixed whether no row changes it
     */
    record LossTerm(Value numerator, Optional<Value> count, boolean fixed) {}

    /** A denominator: {@code factor} times a sum over rows. */
    private record Denominator(Value sum, double factor) {}

    private final GraphBuilder builder;
    private final Map<Value, Kind> kinds = new IdentityHashMap<>();

    private LossTerms(GraphBuilder builder) {
        this.builder = builder;
        List.copyOf(builder.values()).forEach(value -> kinds.put(value, kind(value)));
    }

    /**
     * The terms of a loss, whose numerators are added to its graph.
     *
     * @return empty if it is no such sum: a square root of a mean, say, or a product of two
     */
    static Optional<List<LossTerm>> of(Value loss, GraphBuilder builder) {
        return new LossTerms(builder).terms(loss);
    }

    /** Whether a value is the number of time steps of a run, which is the same for each row. */
    static boolean isStepCount(Value value) {
        return value.op() instanceof Op.Map(Function function)
                && function == Function.DIVIDE
                && value.operand(0).op() instanceof Op.RowCount(Rows all)
                && all == Rows.SEQUENCE
                && value.operand(1).op() instanceof Op.RowCount(Rows rows)
                && rows == Rows.BATCH;
    }

    private Kind kind(Value value) {
        if (isStepCount(value)) {
            return Kind.FIXED;
        }
        List<Kind> of = value.operands().stream().map(kinds::get).toList();
        boolean clean = of.stream().allMatch(k -> k == Kind.FIXED || k == Kind.ROWS);
        boolean rows = value.type().rows() != Rows.NONE || of.contains(Kind.ROWS);
        return switch (value.op()) {
            case Op.RowCount _ -> Kind.SUM;
            case Op.SumRows(Rows to) when to == Rows.NONE && of.equals(List.of(Kind.ROWS)) -> Kind.SUM;
            case Op.OuterSum _, Op.TableSum _ -> clean && rows ? Kind.SUM : Kind.MIXED;
            case Op.SumRows(Rows to) when to == Rows.NONE -> Kind.MIXED;
            case Op.Map(Function function) when !clean -> mapped(function, of);
            case Op.Reduce(Op.Fold fold) when !clean -> fold == Op.Fold.SUM ? of.getFirst() : Kind.MIXED;
            case Op.Slice _, Op.Concat _, Op.Expand _
            when !clean ->
                value.type().rows() == Rows.NONE && of.stream().allMatch(k -> k == Kind.SUM) ? Kind.SUM : Kind.MIXED;
            default -> clean ? rows ? Kind.ROWS : Kind.FIXED : Kind.MIXED;
        };
    }

    private static Kind mapped(Function function, List<Kind> of) {
        boolean linear = switch (function) {
            case ADD, SUBTRACT, NEGATE -> of.stream().allMatch(k -> k == Kind.SUM);
            case MULTIPLY -> of.contains(Kind.SUM) && of.contains(Kind.FIXED);
            case DIVIDE -> of.get(0) == Kind.SUM && of.get(1) == Kind.FIXED;
            case MINIMUM,
                    MAXIMUM,
                    LESS,
                    LESS_EQUAL,
                    EQUAL,
                    SELECT,
                    ABSOLUTE,
                    SQUARE_ROOT,
                    EXPONENTIAL,
                    LOGARITHM,
                    SIGMOID,
                    TANH,
                    ERF,
                    EXPM1,
                    LOG1P,
                    POWER -> false;
        };
        return linear ? Kind.SUM : Kind.MIXED;
    }

    private Optional<List<LossTerm>> terms(Value value) {
        switch (kinds.get(value)) {
            case FIXED -> {
                return Optional.of(List.of(new LossTerm(value, Optional.empty(), true)));
            }
            case SUM -> {
                return Optional.of(List.of(new LossTerm(value, Optional.empty(), false)));
            }
            case ROWS, MIXED -> {}
        }
        if (!(value.op() instanceof Op.Map(Function function))) {
            return Optional.empty();
        }
        return switch (function) {
            case ADD -> joined(terms(value.operand(0)), terms(value.operand(1)));
            case SUBTRACT ->
                joined(terms(value.operand(0)), terms(value.operand(1)).map(this::negated));
            case NEGATE -> terms(value.operand(0)).map(this::negated);
            case MULTIPLY ->
                kinds.get(value.operand(1)) == Kind.FIXED
                        ? terms(value.operand(0)).map(all -> scaled(Function.MULTIPLY, all, value.operand(1)))
                        : kinds.get(value.operand(0)) == Kind.FIXED
                                ? terms(value.operand(1)).map(all -> scaled(Function.MULTIPLY, all, value.operand(0)))
                                : Optional.empty();
            case DIVIDE ->
                kinds.get(value.operand(1)) == Kind.FIXED
                        ? terms(value.operand(0)).map(all -> scaled(Function.DIVIDE, all, value.operand(1)))
                        : quotient(value.operand(0), value.operand(1)).map(List::of);
            case MINIMUM,
                    MAXIMUM,
                    LESS,
                    LESS_EQUAL,
                    EQUAL,
                    SELECT,
                    ABSOLUTE,
                    SQUARE_ROOT,
                    EXPONENTIAL,
                    LOGARITHM,
                    SIGMOID,
                    TANH,
                    ERF,
                    EXPM1,
                    LOG1P,
                    POWER -> Optional.empty();
        };
    }

    private Optional<LossTerm> quotient(Value numerator, Value denominator) {
        if (kinds.get(numerator) != Kind.SUM) {
            return Optional.empty();
        }
        return denominator(denominator).map(below -> {
            Value above =
                    below.factor() == 1 ? numerator : map(Function.DIVIDE, numerator, builder.constant(below.factor()));
            return new LossTerm(above, Optional.of(below.sum()), false);
        });
    }

    /** The sum behind a denominator, without its constant factors and without what keeps it from being 0. */
    private Optional<Denominator> denominator(Value value) {
        if (value.op() instanceof Op.Map(Function function)) {
            switch (function) {
                case MULTIPLY -> {
                    for (int i = 0; i < 2; i++) {
                        if (value.operand(i).op() instanceof Op.Constant(double factor) && factor != 0) {
                            return denominator(value.operand(1 - i))
                                    .map(d -> new Denominator(d.sum(), d.factor() * factor));
                        }
                    }
                }
                case MAXIMUM, ADD -> {
                    for (int i = 0; i < 2; i++) {
                        Value other = value.operand(1 - i);
                        if (value.operand(i).op() instanceof Op.Constant(double least)
                                && least >= 0
                                && (least <= TINY || function == Function.MAXIMUM && least <= 1 && isCount(other))) {
                            return denominator(other);
                        }
                    }
                }
                case SELECT -> {
                    if (isZeroTest(value.operand(0), value.operand(2))
                            && value.operand(1).op() instanceof Op.Constant) {
                        return denominator(value.operand(2));
                    }
                }
                default -> {}
            }
        }
        return kinds.get(value) == Kind.SUM && value.type().isScalar()
                ? Optional.of(new Denominator(value, 1))
                : Optional.empty();
    }

    private static boolean isZeroTest(Value condition, Value tested) {
        return condition.op() instanceof Op.Map(Function function)
                && function == Function.EQUAL
                && condition.operand(0) == tested
                && condition.operand(1).op() instanceof Op.Constant(double zero)
                && zero == 0;
    }

    /** Whether a sum is a number of rows or steps, so that it is 0 or at least 1. */
    private static boolean isCount(Value value) {
        boolean counts = switch (value.op()) {
            case Op.RowCount _, Op.StepMask _, Op.Constant _ -> true;
            case Op.SumRows _, Op.Input _ -> true;
            case Op.Map(Function function) ->
                function == Function.MULTIPLY
                        || function == Function.SELECT
                        || function == Function.SUBTRACT
                        || function == Function.DIVIDE;
            default -> false;
        };
        boolean given = value.op() instanceof Op.Input(String name)
                && value.type().element() != Element.TOKEN
                && !name.equals(PortSpec.UNCOUNTED_ROWS);
        return counts && !given && value.operands().stream().allMatch(LossTerms::isCount);
    }

    private List<LossTerm> negated(List<LossTerm> terms) {
        return terms.stream()
                .map(t -> new LossTerm(map(Function.NEGATE, t.numerator()), t.count(), t.fixed()))
                .toList();
    }

    private List<LossTerm> scaled(Function function, List<LossTerm> terms, Value by) {
        return terms.stream()
                .map(t -> new LossTerm(map(function, t.numerator(), by), t.count(), t.fixed()))
                .toList();
    }

    private static Optional<List<LossTerm>> joined(Optional<List<LossTerm>> a, Optional<List<LossTerm>> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        List<LossTerm> all = new ArrayList<>(a.get());
        all.addAll(b.get());
        return Optional.of(all);
    }

    private Value map(Function function, Value... operands) {
        return builder.map(function, operands[0].origin().named(""), operands);
    }
}
