package dev.rnnc.compiler.explain;

import static dev.rnnc.compiler.explain.Sizes.NOWHERE;
import static dev.rnnc.compiler.explain.Sizes.name;
import static dev.rnnc.compiler.explain.Sizes.number;

import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.Expression.Operator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Says values of a graph as expressions of the language, with two additions: {@code w^T} is the transposed of a matrix,
 * and {@code a @ b^T} the matrix of all products of an element of {@code a} and one of {@code b}. Sums over the rows of
 * a batch are left out, as they are in the language.
 */
final class ValueText {
    private final java.util.function.Function<Value, Optional<Expression>> known;
    private final Sizes sizes;

    /**
     * @param known what stands for a value in the place of its operation: its name, or what a leaf means
     * @param sizes the names of the sizes
     */
    ValueText(java.util.function.Function<Value, Optional<Expression>> known, Sizes sizes) {
        this.known = known;
        this.sizes = sizes;
    }

    /** The name of a value, or else its operation. */
    Expression text(Value value) {
        return known.apply(value).orElseGet(() -> operation(value));
    }

    /** The operation of a value, even where it has a name. */
    Expression operation(Value value) {
        return switch (value.op()) {
            case Op.Input input -> name(input.name());
            case Op.State state -> name(state.name());
            case Op.Parameter parameter -> name(parameter.name());
            case Op.Constant constant ->
                sizes.isMultiple(constant.value()) ? sizes.of((int) constant.value()) : constant(constant.value());
            case Op.RowCount _ -> name("rows");
            case Op.RandomMask mask -> name("mask" + mask.stream());
            case Op.CarryIn carry -> name("carry" + carry.index());
            case Op.StepInput input -> name("step" + input.index());
            case Op.Invariant invariant -> name("invariant" + invariant.index());
            case Op.Map map -> map(map.function(), value);
            case Op.Expand _, Op.SumRows _, Op.Detach _ -> text(value.operand(0));
            case Op.StepMask mask ->
                call(mask.kind().name().toLowerCase(java.util.Locale.ROOT) + "_step", text(value.operand(0)));
            case Op.FeatureMask _ -> call("valid_feature", text(value.operand(0)));
            case Op.Reduce reduce -> reduce(reduce.fold(), value.operand(0));
            case Op.Slice slice -> slice(value.operand(0), slice);
            case Op.Concat _ ->
                call("concat", value.operands().stream().map(this::part).toArray(Expression[]::new));
            case Op.Pick _, Op.Lookup _ ->
                new Expression.Index(NOWHERE, text(value.operand(0)), text(value.operand(1)));
            case Op.OneHot _ -> call("one_hot", text(value.operand(0)));
            case Op.TokenConstant token -> number(token.value());
            case Op.Shift shift ->
                call(shift.backward() ? "next" : "previous", text(value.operand(0)), text(value.operand(1)));
            case Op.Scores _ when value.operands().stream().allMatch(ValueText::isOne) -> name("valid");
            case Op.Scores _ -> call("scores", text(value.operand(0)), text(value.operand(1)));
            case Op.Mix _ -> call("mix", text(value.operand(0)), text(value.operand(1)));
            case Op.MixBack _ -> call("mix_back", text(value.operand(0)), text(value.operand(1)));
            case Op.Product _ -> withInitial(value, binary(Operator.PRODUCT, text(value.operand(0)), factor(value)));
            case Op.TransposedProduct _ ->
                withInitial(value, binary(Operator.PRODUCT, transposed(value.operand(0)), factor(value)));
            case Op.OuterSum _ -> binary(Operator.PRODUCT, text(value.operand(0)), transposed(value.operand(1)));
            case Op.TableSum _ ->
                call("table_sum", value.operands().stream().map(this::text).toArray(Expression[]::new));
            case Op.StepAt step -> call("step", text(value.operand(0)), number(step.index()));
            case Op.StepPad step -> call("at_step", text(value.operand(0)), number(step.index()));
            case Op.Scan _ -> name("scan");
            case Op.Result result -> name("result" + result.index());
        };
    }

    private static boolean isOne(Value value) {
        return switch (value.op()) {
            case Op.Constant constant -> constant.value() == 1;
            case Op.Expand _ -> isOne(value.operand(0));
            default -> false;
        };
    }

    private Expression map(Function function, Value value) {
        List<Value> operands = value.operands();
        Expression[] texts = operands.stream().map(this::text).toArray(Expression[]::new);
        return switch (function) {
            case ADD -> sum(texts[0], texts[1]);
            case SUBTRACT -> binary(Operator.SUBTRACT, texts[0], texts[1]);
            case MULTIPLY ->
                operands.get(0) == operands.get(1)
                        ? binary(Operator.POWER, texts[0], number(2))
                        : binary(Operator.MULTIPLY, texts[0], texts[1]);
            case DIVIDE -> binary(Operator.DIVIDE, texts[0], texts[1]);
            case MINIMUM -> call("min", texts);
            case MAXIMUM -> call("max", texts);
            case LESS -> binary(Operator.LESS, texts[0], texts[1]);
            case LESS_EQUAL -> binary(Operator.LESS_EQUAL, texts[0], texts[1]);
            case EQUAL -> binary(Operator.EQUAL, texts[0], texts[1]);
            case SELECT -> call("where", texts);
            case NEGATE -> new Expression.Negation(NOWHERE, texts[0]);
            case ABSOLUTE -> call("abs", texts);
            case SQUARE_ROOT -> call("sqrt", texts);
            case EXPONENTIAL -> call("exp", texts);
            case LOGARITHM -> call("log", texts);
            case SIGMOID -> call("sigmoid", texts);
            case TANH -> call("tanh", texts);
            case ERF -> call("erf", texts);
            case EXPM1 -> call("expm1", texts);
            case LOG1P -> call("log1p", texts);
            case POWER -> binary(Operator.POWER, texts[0], texts[1]);
        };
    }

    /** {@code a - b} rather than {@code a + -b} or {@code -b + a}. */
    private static Expression sum(Expression left, Expression right) {
        if (right instanceof Expression.Negation negated) {
            return binary(Operator.SUBTRACT, left, negated.operand());
        }
        if (left instanceof Expression.Negation negated) {
            return binary(Operator.SUBTRACT, right, negated.operand());
        }
        return binary(Operator.ADD, left, right);
    }

    private Expression reduce(Op.Fold fold, Value operand) {
        if (operand.op() instanceof Op.Slice slice
                && slice.size() == 1
                && known.apply(operand).isEmpty()) {
            return new Expression.Index(NOWHERE, text(operand.operand(0)), sizes.of(slice.from()));
        }
        return switch (fold) {
            case SUM -> call("sum", text(operand));
            case MAXIMUM -> call("max", text(operand));
        };
    }

    private Expression slice(Value operand, Op.Slice slice) {
        int end = slice.from() + slice.size();
        boolean toEnd = end == operand.type().shape().getFirst();
        return new Expression.Slice(
                NOWHERE,
                text(operand),
                slice.from() == 0 ? Optional.empty() : Optional.of(sizes.of(slice.from())),
                toEnd ? Optional.empty() : Optional.of(sizes.of(end)));
    }

    /** A part of a vector; a repeated number says how often. */
    private Expression part(Value value) {
        if (value.op() instanceof Op.Expand
                && value.operand(0).type().isScalar()
                && value.type().shape().size() == 1) {
            return call(
                    "repeat",
                    text(value.operand(0)),
                    sizes.of(value.type().shape().getFirst()));
        }
        return text(value);
    }

    private Expression factor(Value product) {
        return text(product.operand(1));
    }

    private Expression transposed(Value value) {
        return binary(Operator.POWER, text(value), name("T"));
    }

    private Expression withInitial(Value value, Expression product) {
        return value.operands().size() == 3 ? sum(product, text(value.operand(2))) : product;
    }

    private static Expression constant(double value) {
        return value < 0 ? new Expression.Negation(NOWHERE, number(-value)) : number(value);
    }

    private static Expression binary(Operator operator, Expression left, Expression right) {
        return new Expression.Binary(NOWHERE, operator, left, right);
    }

    static Expression call(String function, Expression... arguments) {
        return new Expression.Call(
                NOWHERE,
                function,
                NOWHERE,
                IntStream.range(0, arguments.length)
                        .mapToObj(i -> new Expression.Argument(Optional.empty(), NOWHERE, arguments[i]))
                        .toList());
    }
}
