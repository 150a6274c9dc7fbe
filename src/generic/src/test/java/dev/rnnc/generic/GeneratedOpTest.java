package dev.rnnc.generic;

import static dev.rnnc.generic.Witness.same;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Precision;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The code generated for an operation and its gradient agrees with the oracle on the graph before optimisation, for
 * runs shorter than the program; in float every lane count gives the same bits.
 */
class GeneratedOpTest {
    private static final int CAPACITY = 5;
    private static final int STEPS = 4;
    private static final int BATCH = 3;
    private static final double FLOAT = 2e-5;
    private static final double DOUBLE = 1e-12;

    /** Which of {@link OpGradientTest}'s formulas; the others come with the recorded models, or by {@code -Dops=.*}. */
    private static final Pattern CHOSEN = Pattern.compile(System.getProperty(
            "ops",
            "SELECT of a scalar.*|features below.*|steps chosen.*|shift.*|look-up.*|scores.*|mix.*|attention.*"
                    + "|slices.*|slice of.*|concat.*|pick.*|scaled.*"
                    + "|(EXPM1|LOG1P|POWER|TANH) of .*"));

    @TestFactory
    Stream<DynamicTest> atTopLevel() {
        return Stream.of(OpGradientTest.FORMULAS, OpGradientTest.TOP_LEVEL)
                .flatMap(m -> m.entrySet().stream())
                .filter(e -> CHOSEN.matcher(e.getKey()).matches())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> agrees(Leaves.atTop(e.getValue()))));
    }

    @TestFactory
    Stream<DynamicTest> inAScan() {
        return OpGradientTest.FORMULAS.entrySet().stream()
                .filter(e -> CHOSEN.matcher(e.getKey()).matches())
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    agrees(Leaves.inScan(e.getValue(), Op.Collect.STACK, false));
                    agrees(Leaves.inScan(e.getValue(), Op.Collect.SUM, true));
                }));
    }

    @Test
    void paddedStepsOfACellMayHoldNaN() {
        double[] x = new Random(3).doubles(STEPS * BATCH * 2, -1, 1).toArray();
        for (int i : new int[] {2, 3, 8, 9, 12, 13, 14, 15, 18, 19, 20, 21}) {
            x[i] = Double.NaN; // rows of two, lengths 2, 0 and 4
        }
        verify(
                PaddedCell.graph(new GraphBuilder()),
                Map.of("input x", x, "parameter w", new double[] {0.5, -0.25, 0.75, 0.125}),
                Map.of("lengths", new int[] {2, 0, 4}));
    }

    /** Generated code for {@code forward} and its gradients, against the oracle. */
    static void agrees(Graph forward) {
        Random random = new Random(5);
        Map<String, double[]> reals = new LinkedHashMap<>();
        Map<String, int[]> tokens = new LinkedHashMap<>();
        Set<String> inputs = new TreeSet<>();
        for (Value v : forward.values()) {
            int size = rows(v.type().rows()) * v.type().width();
            switch (v.op()) {
                case Op.Parameter p -> reals.put("parameter " + p.name(), draw(random, p.name(), size));
                case Op.Input i
                when v.type().element() == Element.TOKEN ->
                    tokens.put(
                            i.name(),
                            random.ints(size, 0, GradientCheck.VOCABULARY).toArray());
                case Op.Input i -> {
                    reals.put("input " + i.name(), draw(random, i.name(), size));
                    inputs.add(i.name());
                }
                default -> {}
            }
        }
        verify(Differentiate.gradients(forward, inputs), reals, tokens);
    }

    private static void verify(Graph graph, Map<String, double[]> reals, Map<String, int[]> tokens) {
        GenericEngine oracle = new GenericEngine(GraphVerifier.verify(graph), STEPS, BATCH);
        reals.forEach((name, values) -> {
            String bare = name.substring(name.indexOf(' ') + 1);
            if (name.startsWith("input")) {
                oracle.bind(bare, values);
            } else {
                oracle.parameter(bare, values);
            }
        });
        tokens.forEach(oracle::bindTokens);
        oracle.run();
        Map<String, double[]> expected = new LinkedHashMap<>();
        for (Graph.Root root : graph.roots()) {
            expected.put(root.kind() + " " + root.name(), oracle.result(root.kind(), root.name()));
        }

        Graph optimized = GraphVerifier.verify(Optimizer.optimize(graph));
        List<Integer> lanes = IntStream.of(1, 4, 8, 16)
                .filter(n -> n <= Lanes.count())
                .boxed()
                .toList();
        var inFloat = new GeneratedGraph(optimized, Precision.FLOAT, CAPACITY, BATCH).run(lanes, STEPS, reals, tokens);
        var inDouble =
                new GeneratedGraph(optimized, Precision.DOUBLE, CAPACITY, BATCH).run(List.of(1), STEPS, reals, tokens);
        expected.forEach((name, values) -> {
            same(name + " in double", inDouble.get(1).get(name), values, DOUBLE);
            same(name + " in float", inFloat.get(1).get(name), values, FLOAT);
            inFloat.forEach((count, found) -> assertThat(found.get(name))
                    .as(name + " with " + count + " lanes")
                    .isEqualTo(inFloat.get(1).get(name)));
        });
    }

    private static double[] draw(Random random, String name, int size) {
        double least = name.startsWith("positive") ? 0.5 : -1;
        return random.doubles(size, least, least + 2).toArray();
    }

    private static int rows(Rows rows) {
        return switch (rows) {
            case NONE -> 1;
            case BATCH -> BATCH;
            case SEQUENCE -> STEPS * BATCH;
        };
    }
}
