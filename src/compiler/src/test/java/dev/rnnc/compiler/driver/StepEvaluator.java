package dev.rnnc.compiler.driver;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Evaluates equations of one step from their syntax alone: those of a cell and, with {@code w^T}, printed ones. */
final class StepEvaluator {
    private final Map<String, Definition.Function> functions;
    private final Map<String, Matrix> masks;
    private final Map<String, Matrix> values = new HashMap<>();
    private int drawn;

    /**
     * @param functions the library's functions
     * @param masks the masks of dropout, {@code mask0} and so on, drawn where absent
     */
    StepEvaluator(Map<String, Definition.Function> functions, Map<String, Matrix> masks) {
        this.functions = functions;
        this.masks = masks;
    }

    /** A text that stands right of {@code =}. */
    static Expression parse(String text) {
        Diagnostics diagnostics = new Diagnostics();
        List<Definition> found = ModelParser.parse(
                        new SourceText("printed.rnn", "cell printed(x) -> y { y = " + text + " }"), diagnostics)
                .definitions();
        if (!(found.getFirst() instanceof Definition.Cell cell)
                || !(cell.statements().getFirst() instanceof CellStatement.Equation equation)) {
            throw new IllegalArgumentException(text);
        }
        return equation.value();
    }

    void put(String name, Matrix value) {
        values.put(name, value);
    }

    Matrix get(String name) {
        Matrix value = values.getOrDefault(name, masks.get(name));
        if (value == null) {
            throw new IllegalArgumentException("no value '" + name + "' among " + values.keySet());
        }
        return value;
    }

    /** Evaluates equations in the order in which they can be. */
    void evaluate(List<CellStatement.Equation> equations) {
        List<CellStatement.Equation> open = new java.util.ArrayList<>(equations);
        while (!open.isEmpty()) {
            CellStatement.Equation next = open.stream()
                    .filter(e -> isKnown(e.value()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("a circle of " + equations));
            open.remove(next);
            assign(next);
        }
    }

    private void assign(CellStatement.Equation equation) {
        int count = equation.targets().size();
        Expression value = equation.value();
        Matrix whole = evaluate(
                count > 1 && value instanceof Expression.Call split
                        ? split.arguments().getFirst().value()
                        : value);
        for (int i = 0; i < count; i++) {
            int size = whole.rows() / count;
            put(equation.targets().get(i).text(), count == 1 ? whole : whole.rows(i * size, (i + 1) * size));
        }
    }

    private boolean isKnown(Expression expression) {
        boolean[] known = {true};
        dev.rnnc.compiler.syntax.Expressions.walk(expression, e -> {
            if (e instanceof Expression.Name name) {
                known[0] &= values.containsKey(text(name));
            }
        });
        return known[0];
    }

    private static String text(Expression.Name name) {
        return name.primed() ? name.identifier() + "'" : name.identifier();
    }

    Matrix evaluate(Expression expression) {
        return switch (expression) {
            case Expression.Number number -> Matrix.of(number.value());
            case Expression.Name name -> get(text(name));
            case Expression.Negation negation -> evaluate(negation.operand()).map(x -> -x);
            case Expression.Binary binary -> binary(binary);
            case Expression.Call call -> call(call);
            case Expression.Index index -> {
                int at = (int) evaluate(index.index()).values()[0];
                Matrix operand = evaluate(index.operand());
                yield operand.rows(at, at + 1).transposed();
            }
            case Expression.Slice slice -> {
                Matrix operand = evaluate(slice.operand());
                yield operand.rows(
                        slice.from().map(f -> (int) evaluate(f).values()[0]).orElse(0),
                        slice.to().map(t -> (int) evaluate(t).values()[0]).orElse(operand.rows()));
            }
            case Expression.Field _, Expression.Mapping _, Expression.Vector _, Expression.Missing _ ->
                throw new IllegalArgumentException("not in a step: " + expression);
        };
    }

    private Matrix binary(Expression.Binary binary) {
        Matrix left = evaluate(binary.left());
        if (binary.operator() == Expression.Operator.POWER
                && binary.right() instanceof Expression.Name name
                && name.identifier().equals("T")) {
            return left.transposed();
        }
        Matrix right = evaluate(binary.right());
        return switch (binary.operator()) {
            case LESS -> left.with(right, (a, b) -> a < b ? 1 : 0);
            case LESS_EQUAL -> left.with(right, (a, b) -> a <= b ? 1 : 0);
            case GREATER -> left.with(right, (a, b) -> a > b ? 1 : 0);
            case GREATER_EQUAL -> left.with(right, (a, b) -> a >= b ? 1 : 0);
            case EQUAL -> left.with(right, (a, b) -> a == b ? 1 : 0);
            case NOT_EQUAL -> left.with(right, (a, b) -> a != b ? 1 : 0);
            case ADD -> left.with(right, Double::sum);
            case SUBTRACT -> left.with(right, (a, b) -> a - b);
            case MULTIPLY -> left.with(right, (a, b) -> a * b);
            case DIVIDE -> left.with(right, (a, b) -> a / b);
            case PRODUCT -> left.times(right);
            case POWER -> left.with(right, Math::pow);
        };
    }

    private Matrix call(Expression.Call call) {
        List<Matrix> given = call.arguments().stream()
                .filter(a -> a.name().isEmpty())
                .map(a -> evaluate(a.value()))
                .toList();
        Matrix x = given.getFirst();
        boolean folds = given.size() == 1;
        return switch (call.function()) {
            case "exp" -> x.map(Math::exp);
            case "log" -> x.map(Math::log);
            case "sqrt" -> x.map(Math::sqrt);
            case "abs" -> x.map(Math::abs);
            case "tanh" -> x.map(Math::tanh);
            case "sigmoid" -> x.map(v -> 1 / (1 + Math.exp(-v)));
            case "detach" -> x;
            case "concat" -> Matrix.stacked(given);
            case "sum" -> Matrix.of(x.sum());
            case "mean" -> Matrix.of(x.sum() / x.values().length);
            case "max" -> folds ? fold(x, Double.NEGATIVE_INFINITY, Math::max) : x.with(given.get(1), Math::max);
            case "min" -> folds ? fold(x, Double.POSITIVE_INFINITY, Math::min) : x.with(given.get(1), Math::min);
            case "where" -> {
                Matrix otherwise = given.get(2).with(x, (v, _) -> v);
                Matrix kept = given.get(1).with(x, (v, c) -> c == 0 ? 0 : v);
                yield kept.with(otherwise.with(x, (v, c) -> c == 0 ? v : 0), Double::sum);
            }
            case "dropout" -> x.with(mask(x, given.get(1).values()[0]), (a, b) -> a * b);
            default -> function(functions.get(call.function()), call, given);
        };
    }

    private static Matrix fold(Matrix x, double from, java.util.function.DoubleBinaryOperator by) {
        return Matrix.of(Arrays.stream(x.values()).reduce(from, by));
    }

    private Matrix mask(Matrix like, double rate) {
        int number = drawn++;
        Random random = new Random(number);
        return masks.computeIfAbsent(
                "mask" + number, _ -> like.map(v -> random.nextDouble() < rate ? 0 : 1 / (1 - rate)));
    }

    private Matrix function(Definition.Function function, Expression.Call call, List<Matrix> given) {
        StepEvaluator inner = new StepEvaluator(functions, masks);
        for (int i = 0; i < given.size(); i++) {
            inner.put(function.inputs().get(i).text(), given.get(i));
        }
        function.constants()
                .forEach(c -> c.value().ifPresent(v -> inner.put(c.name().text(), inner.evaluate(v))));
        call.arguments().forEach(a -> a.name().ifPresent(name -> inner.put(name, evaluate(a.value()))));
        inner.evaluate(function.equations());
        return inner.get(function.result().text());
    }
}
