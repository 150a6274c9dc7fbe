package dev.rnnc.compiler.autodiff;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Rows;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The table from operation to gradient rule. A rule is given a value {@code y} and its gradient {@code dy}, of the
 * type of {@code y}, and contributes to the gradients of the operands. A new operation does not compile without one.
 */
final class Rules {
    private final GraphBuilder builder;
    private final Adjoints adjoints;
    private final UnaryOperator<Value> forward;
    private final MapRules mapRules;

    /**
     * @param builder where gradients are made
     * @param adjoints where they are gathered
     * @param forward makes a forward value available in {@code builder}
     */
    Rules(GraphBuilder builder, Adjoints adjoints, UnaryOperator<Value> forward) {
        this.builder = builder;
        this.adjoints = adjoints;
        this.forward = forward;
        this.mapRules = new MapRules(builder, adjoints, forward);
    }

    /** Contributes {@code dy} to the gradients of the operands of {@code y}. */
    void apply(Value y, Value dy) {
        switch (y.op()) {
            case Op.Input _,
                    Op.State _,
                    Op.Parameter _,
                    Op.Constant _,
                    Op.TokenConstant _,
                    Op.RowCount _,
                    Op.RandomMask _ -> {}
            case Op.CarryIn _, Op.StepInput _, Op.Invariant _ -> {}
            case Op.Map map -> mapRules.apply(map.function(), y, dy);
            case Op.Detach _ -> {}
            case Op.Expand _ -> adjoints.add(y.operand(0), dy);
            case Op.Reduce reduce -> reduce(reduce.fold(), y, dy);
            case Op.Slice slice -> adjoints.addSlice(y.operand(0), slice.from(), dy);
            case Op.Concat _ -> concat(y, dy);
            case Op.Pick _ -> pick(y, dy);
            case Op.OneHot _, Op.FeatureMask _, Op.StepMask _ -> {} // made of tokens, which have no gradient
            case Op.Product _ -> product(y, dy, new Op.TransposedProduct(), false);
            case Op.TransposedProduct _ -> product(y, dy, new Op.Product(), true);
            case Op.Lookup _ -> {
                Value table = y.operand(0);
                contribute(table, y, new Op.TableSum(table.type().shape().getFirst()), dy, y.operand(1), false);
            }
            case Op.SumRows _ -> {
                Value x = y.operand(0);
                if (adjoints.wants(x)) {
                    adjoints.add(x, builder.expand(dy, x.type(), Adjoints.origin(x, y)));
                }
            }
            case Op.OuterSum _ -> {
                perRow(y.operand(0), y, new Op.Product(), dy, y.operand(1));
                perRow(y.operand(1), y, new Op.TransposedProduct(), dy, y.operand(0));
            }
            case Op.TableSum _ -> {
                for (int i = 0; i < y.operands().size(); i += 2) {
                    perRow(y.operand(i), y, new Op.Lookup(), dy, y.operand(i + 1));
                }
            }
            case Op.StepAt step -> contribute(y.operand(0), y, new Op.StepPad(step.index()), dy);
            case Op.StepPad pad -> contribute(y.operand(0), y, new Op.StepAt(pad.index()), dy);
            case Op.Shift shift -> shift(y, dy, shift.backward());
            case Op.Scores _ -> {
                contribute(y.operand(0), y, new Op.Mix(), dy, y.operand(1), false);
                contribute(y.operand(1), y, new Op.MixBack(), dy, y.operand(0), false);
            }
            case Op.Mix _ -> {
                contribute(y.operand(0), y, scores(y), dy, y.operand(1), false);
                contribute(y.operand(1), y, new Op.MixBack(), dy, y.operand(0), true);
            }
            case Op.MixBack _ -> {
                contribute(y.operand(0), y, scores(y), dy, y.operand(1), true);
                contribute(y.operand(1), y, new Op.Mix(), dy, y.operand(0), true);
            }
            case Op.Scan _, Op.Result _ ->
                throw new UnsupportedOperationException(
                        "cannot differentiate a scan inside the body of a scan" + place(y.origin()));
        }
    }

    private void reduce(Op.Fold fold, Value y, Value dy) {
        Value x = y.operand(0);
        if (!adjoints.wants(x)) {
            return;
        }
        Origin origin = Adjoints.origin(x, y);
        switch (fold) {
            case SUM -> adjoints.add(x, builder.expand(dy, x.type(), origin));
            case MAXIMUM -> {
                // Shared evenly by all features that reach the maximum, as PyTorch's amax does.
                Value reaches = builder.map(Function.EQUAL, origin.named(""), forward.apply(x), forward.apply(y));
                Value count = builder.apply(new Op.Reduce(Op.Fold.SUM), origin.named(""), reaches);
                Value share = builder.map(Function.DIVIDE, origin.named(""), dy, count);
                adjoints.add(x, builder.map(Function.MULTIPLY, origin, reaches, share));
            }
        }
    }

    private void concat(Value y, Value dy) {
        int from = 0;
        for (Value operand : y.operands()) {
            int size = operand.type().shape().getFirst();
            if (adjoints.wants(operand)) {
                boolean whole = y.operands().size() == 1;
                Origin origin = Adjoints.origin(operand, y);
                adjoints.add(operand, whole ? dy : builder.apply(new Op.Slice(from, size), origin, dy));
            }
            from += size;
        }
    }

    private void pick(Value y, Value dy) {
        Value x = y.operand(0);
        if (adjoints.wants(x)) {
            Origin origin = Adjoints.origin(x, y);
            Op oneHot = new Op.OneHot(x.type().shape().getFirst());
            Value place = builder.apply(oneHot, origin.named(""), forward.apply(y.operand(1)));
            adjoints.add(x, builder.map(Function.MULTIPLY, origin, place, dy));
        }
    }

    private void shift(Value y, Value dy, boolean backward) {
        Value x = y.operand(0);
        if (adjoints.wants(x)) {
            Value zeros = adjoints.zeros(x.type().withRows(Rows.NONE), Origin.NONE);
            contribute(x, y, new Op.Shift(!backward), dy, zeros);
        }
        contribute(y.operand(1), y, new Op.StepAt(backward ? -1 : 0), dy);
    }

    /** The scores whose adjoint a mix, or its adjoint, is: as many as there are weights. */
    private static Op scores(Value mix) {
        return new Op.Scores(mix.operand(0).type().width());
    }

    /** {@code y = W x + initial}, or {@code y = W^T x + initial}: then the outer product's factors change places. */
    private void product(Value y, Value dy, Op adjoint, boolean transposed) {
        Value weight = y.operand(0);
        contribute(y.operand(1), y, adjoint, dy, weight, true);
        contribute(weight, y, new Op.OuterSum(), dy, y.operand(1), transposed);
        if (y.operands().size() == 3) {
            adjoints.add(y.operand(2), dy);
        }
    }

    /** Adds {@code op(dy, factor)} to the gradient of what was summed over rows: the same for all rows if the factor is. */
    private void perRow(Value target, Value y, Op op, Value dy, Value factor) {
        if (adjoints.wants(target)) {
            Value gradient = builder.apply(op, Adjoints.origin(target, y), dy, forward.apply(factor));
            boolean narrower = gradient.type().rows().compareTo(target.type().rows()) < 0;
            adjoints.add(
                    target, narrower ? builder.expand(gradient, target.type(), Adjoints.origin(target, y)) : gradient);
        }
    }

    /** Adds {@code op(dy, factor)}, or with {@code swapped} {@code op(factor, dy)}, where {@code factor} is a forward value. */
    private void contribute(Value target, Value y, Op op, Value dy, Value factor, boolean swapped) {
        if (adjoints.wants(target)) {
            Value other = forward.apply(factor);
            contribute(target, y, op, swapped ? List.of(other, dy) : List.of(dy, other));
        }
    }

    private void contribute(Value target, Value y, Op op, Value... operands) {
        if (adjoints.wants(target)) {
            contribute(target, y, op, List.of(operands));
        }
    }

    private void contribute(Value target, Value y, Op op, List<Value> operands) {
        adjoints.add(target, builder.add(op, operands, null, Adjoints.origin(target, y)));
    }

    private static String place(Origin origin) {
        return origin.toString().isEmpty() ? "" : " (" + origin + ")";
    }
}
