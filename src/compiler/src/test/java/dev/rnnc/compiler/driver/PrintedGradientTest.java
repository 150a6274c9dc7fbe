package dev.rnnc.compiler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.Diagnostics;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.parse.ModelParser;
import dev.rnnc.compiler.sema.Library;
import dev.rnnc.compiler.syntax.CellStatement;
import dev.rnnc.compiler.syntax.Definition;
import dev.rnnc.compiler.syntax.Expression;
import dev.rnnc.compiler.syntax.PortType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The backward equations that {@code rnnc explain --gradient} prints are true as printed: read back as text and evaluated
 * for one step, they give the central differences of the cell's own equations. Nothing of the compiler behind the parser
 * takes part.
 */
class PrintedGradientTest {
    /**
     * The error of a central difference is about {@code h^2 f'''/6 + 1e-16 f/h}: some 1e-11 at this step for functions of
     * size 1, which leaves the tolerance a wide margin for sums over a hundred features.
     */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-6;

    /** The sizes that the equations are derived for; means divide by them. */
    private static final List<Integer> SIZES = List.of(60, 84, 132);

    private static final double CONSTANT = 108;

    private final Map<String, Definition.Function> functions = new HashMap<>();
    private final List<Definition.Cell> cells = new ArrayList<>();

    PrintedGradientTest() {
        for (SourceText text : Library.sources()) {
            for (Definition definition :
                    ModelParser.parse(text, new Diagnostics()).definitions()) {
                switch (definition) {
                    case Definition.Function function ->
                        functions.put(function.name().text(), function);
                    case Definition.Cell cell -> cells.add(cell);
                    case Definition.Import _, Definition.Constant _, Definition.Model _ -> {}
                }
            }
        }
    }

    /** Attention looks at all steps, so its equations are not those of one. */
    @TestFactory
    Stream<DynamicTest> ofEveryCellOfTheLibrary() {
        List<Definition.Cell> ofOneStep = cells.stream()
                .filter(c -> !c.name().text().startsWith("attention_"))
                .toList();
        assertThat(ofOneStep).hasSizeGreaterThan(20);
        return ofOneStep.stream()
                .map(c -> DynamicTest.dynamicTest(c.name().text(), () -> new Trial(c, printed("", c)).check()));
    }

    @TestFactory
    Stream<DynamicTest> ofCellsOfTheUser() {
        Map<String, String> texts = Map.of("second order", """
                cell order2(x[X]) -> h[H] {
                  state h[H], older[H]
                  param w[H, X], u[H, H], v[H, H] ~ uniform(1/sqrt(H))
                  older' = h
                  h' = tanh(w @ x + u @ h) * sigmoid(v @ older)
                }
                """, "several outputs of the input", """
                cell watcher(x[X]) -> y[Y] {
                  state m[X]
                  param w[Y, X], b[Y] ~ uniform(1/sqrt(X))
                  m' = 0.9 * m + 0.1 * x
                  y = sigmoid(w @ (x - m) + b) * max(w @ m', 0.1) / (1 + abs(b))
                }
                """);
        return texts.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    Definition.Cell cell = (Definition.Cell)
                            ModelParser.parse(new SourceText("user.rnn", e.getValue()), new Diagnostics())
                                    .definitions()
                                    .getFirst();
                    new Trial(cell, printed(e.getValue(), cell)).check();
                }));
    }

    @Test
    void aSizeIsSaidByItsNameAndANumberOfTheCellStaysANumber() {
        SourceText text = new SourceText("user.rnn", """
                cell scaled(x[X]) -> y[Y] {
                  param w[Y, X] ~ uniform(1)
                  y = 60 * (w @ x) * mean(w @ x)
                }
                """);

        List<String> printed = printed(text.text(), (Definition.Cell)
                ModelParser.parse(text, new Diagnostics()).definitions().getFirst());

        assertThat(String.join("\n", printed)).contains("/ Y").contains("60");
    }

    private static List<String> printed(String text, Definition.Cell cell) {
        CellGradient.Derived derived =
                CellGradient.of(new SourceText("user.rnn", text), cell.name().text());
        return Stream.concat(derived.shorthand().stream(), derived.equations().stream())
                .toList();
    }

    /** One cell at one point. */
    private final class Trial {
        private final Definition.Cell cell;
        private final List<String> printed;
        private final Random random = new Random(17);
        private final Map<String, Integer> sizes = new LinkedHashMap<>();
        private final Map<String, Matrix> constants = new LinkedHashMap<>();
        private final Map<String, Matrix> point = new LinkedHashMap<>();
        private final Map<String, Matrix> incoming = new LinkedHashMap<>();
        private final Map<String, Matrix> masks = new HashMap<>();

        Trial(Definition.Cell cell, List<String> printed) {
            this.cell = cell;
            this.printed = printed;
            for (Definition.CellInput input : cell.inputs()) {
                dimensions(input).forEach(this::size);
            }
            cell.constants()
                    .forEach(c -> constants.put(
                            c.name().text(),
                            Matrix.of(c.value()
                                    .map(v -> evaluator().evaluate(v).values()[0])
                                    .orElse(CONSTANT))));
            cell.resultDimensions().forEach(this::size);
            for (Definition.CellInput input : cell.inputs()) {
                boolean token = input.type().flatMap(PortType::vocabulary).isPresent();
                if (token) {
                    constants.put(input.name().text(), Matrix.of(7));
                } else {
                    point.put(input.name().text(), draw(dimensions(input)));
                }
            }
            for (CellStatement statement : cell.statements()) {
                switch (statement) {
                    case CellStatement.States states ->
                        states.items().forEach(s -> {
                            point.put(s.name().text(), draw(s.dimensions()));
                            incoming.put("d" + s.name().text() + "_next", draw(s.dimensions()));
                        });
                    case CellStatement.Parameters parameters ->
                        parameters.items().forEach(p -> point.put(p.name().text(), draw(p.dimensions())));
                    case CellStatement.Equation _, Definition.Constant _ -> {}
                }
            }
            incoming.put("d" + cell.result().text() + "_loss", draw(cell.resultDimensions()));
        }

        void check() {
            Map<String, Matrix> derived = derived();
            assertThat(derived).containsOnlyKeys(point.keySet());
            derived.forEach((name, gradient) -> {
                Matrix at = point.get(name);
                Matrix direction = at.map(_ -> random.nextDouble(-1, 1));
                double measured =
                        (objective(name, at, direction, STEP) - objective(name, at, direction, -STEP)) / (2 * STEP);
                double scale =
                        gradient.with(direction, (a, b) -> Math.abs(a * b)).sum();
                assertThat(Math.abs(measured - gradient.dot(direction)))
                        .as("d%s: central difference %s, as printed %s", name, measured, gradient.dot(direction))
                        .isLessThanOrEqualTo(TOLERANCE * Math.max(scale, 1e-3));
                assertThat(scale).as("d" + name).isPositive();
            });
        }

        private double objective(String name, Matrix at, Matrix direction, double by) {
            Map<String, Matrix> moved = new LinkedHashMap<>(point);
            moved.put(name, at.with(direction, (x, d) -> x + by * d));
            StepEvaluator step = forward(moved);
            double sum = result(step).dot(incoming.get("d" + cell.result().text() + "_loss"));
            for (String state : states()) {
                sum += step.get(state + "'").dot(incoming.get("d" + state + "_next"));
            }
            return sum;
        }

        /** The gradients by the name of what they are of, as the printed lines say. */
        private Map<String, Matrix> derived() {
            StepEvaluator step = forward(point);
            incoming.forEach(step::put);
            Map<String, Matrix> gradients = new LinkedHashMap<>();
            for (String line : printed) {
                int equals = line.indexOf("= ");
                String head = line.substring(0, equals).replace("+", "").strip();
                Matrix value = step.evaluate(StepEvaluator.parse(line.substring(equals + 2)));
                int row = head.indexOf('[');
                if (row >= 0) {
                    value = inRow(
                            point.get(head.substring(1, row)),
                            step.get(head.substring(row + 1, head.length() - 1)),
                            value);
                    head = head.substring(0, row);
                }
                step.put(head, value);
                if (head.startsWith("d") && point.containsKey(head.substring(1))) {
                    gradients.put(head.substring(1), value);
                }
            }
            return gradients;
        }

        private Matrix inRow(Matrix table, Matrix row, Matrix gradient) {
            double[] values = new double[table.values().length];
            System.arraycopy(gradient.values(), 0, values, (int) row.values()[0] * table.columns(), table.columns());
            return new Matrix(table.rows(), table.columns(), values);
        }

        private StepEvaluator forward(Map<String, Matrix> at) {
            StepEvaluator step = evaluator();
            at.forEach(step::put);
            List<CellStatement.Equation> equations = new ArrayList<>();
            cell.statements().forEach(s -> {
                if (s instanceof CellStatement.Equation equation) {
                    equations.add(equation);
                }
            });
            step.evaluate(equations);
            return step;
        }

        private Matrix result(StepEvaluator step) {
            String name = cell.result().text();
            return step.get(states().contains(name) ? name + "'" : name);
        }

        private List<String> states() {
            return incoming.keySet().stream()
                    .filter(n -> n.endsWith("_next"))
                    .map(n -> n.substring(1, n.length() - "_next".length()))
                    .toList();
        }

        private StepEvaluator evaluator() {
            StepEvaluator evaluator = new StepEvaluator(functions, masks);
            sizes.forEach((name, size) -> evaluator.put(name, Matrix.of(size)));
            constants.forEach(evaluator::put);
            return evaluator;
        }

        private List<Expression> dimensions(Definition.CellInput input) {
            return input.type().flatMap(PortType::vocabulary).map(List::of).orElse(input.dimensions());
        }

        private void size(Expression dimension) {
            if (dimension instanceof Expression.Name name && !constants.containsKey(name.identifier())) {
                sizes.computeIfAbsent(name.identifier(), _ -> SIZES.get(sizes.size()));
            }
        }

        /** Small enough that no gate is shut. */
        private Matrix draw(List<Expression> dimensions) {
            List<Integer> shape = dimensions.stream()
                    .map(d -> (int) evaluator().evaluate(d).values()[0])
                    .toList();
            int rows = shape.isEmpty() ? 1 : shape.getFirst();
            int columns = shape.size() < 2 ? 1 : shape.get(1);
            double bound = shape.size() < 2 ? 1 : 2 / Math.sqrt(columns);
            return new Matrix(
                    rows,
                    columns,
                    random.doubles((long) rows * columns, -bound, bound).toArray());
        }
    }
}
