package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.graph.Function;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.Root;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphBuilder;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Origin;
import dev.rnnc.compiler.graph.Type;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Compares derived gradients with central differences in one random direction through all parameters and real inputs:
 * two runs whatever the size. Tokens of one row a sequence serve as lengths, from 0 to all steps. Names beginning with {@code positive} get values in [0.5, 1.5), others in [-1, 1).
 */
final class GradientCheck {
    /** Tokens are drawn below this. */
    static final int VOCABULARY = 5;

    /**
     * The error of a central difference is about {@code h^2 f'''/6 + 1e-16 f/h}: 1e-11 at this step for functions of
     * size 1, which leaves the tolerance a wide margin for sums and sharper functions.
     */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-6;
    private static final int STEPS = 4;
    private static final int BATCH = 3;

    private GradientCheck() {}

    /** A loss that weighs each element of {@code value} differently, so that no part of its gradient can hide. */
    static Value loss(GraphBuilder builder, Value value) {
        Value weights = builder.leaf(new Op.Input("cotangent"), value.type(), Origin.NONE);
        return sum(builder, builder.map(Function.MULTIPLY, Origin.NONE, value, weights));
    }

    /** The sum of all elements of a vector or scalar. */
    static Value sum(GraphBuilder builder, Value value) {
        Value perRow = value.type().isScalar() ? value : builder.apply(new Op.Reduce(Op.Fold.SUM), Origin.NONE, value);
        return perRow.type().rows() == Rows.NONE
                ? perRow
                : builder.apply(new Op.SumRows(Rows.NONE), Origin.NONE, perRow);
    }

    /** Checks the gradient of {@code loss}, the last value of {@code builder} or one before it. */
    static void check(GraphBuilder builder, Value loss) {
        check(builder.graph(List.of(new Root(RootKind.LOSS, "loss", loss))));
    }

    /** Checks the gradient of the loss of {@code forward}. */
    static void check(Graph forward) {
        GraphVerifier.verify(forward);
        Map<String, Type> reals = new LinkedHashMap<>();
        Map<String, Type> states = new LinkedHashMap<>();
        TreeSet<String> inputs = new TreeSet<>();
        TreeMap<String, Type> tokens = new TreeMap<>();
        for (Value v : forward.values()) {
            switch (v.op()) {
                case Op.Parameter p -> reals.put("parameter " + p.name(), v.type());
                case Op.State s -> states.put(s.name(), v.type());
                case Op.Input i -> {
                    if (v.type().element() == Element.TOKEN) {
                        tokens.put(i.name(), v.type());
                    } else {
                        reals.put("input " + i.name(), v.type());
                        inputs.add(i.name());
                    }
                }
                default -> {}
            }
        }
        Graph graph = GraphVerifier.verify(Differentiate.gradients(forward, inputs));
        GenericEngine engine = new GenericEngine(graph, STEPS, BATCH);
        engine.seed(11);
        Random random = new Random(5);
        Map<String, double[]> at = new LinkedHashMap<>();
        Map<String, double[]> direction = new LinkedHashMap<>();
        reals.forEach((name, type) -> {
            at.put(
                    name,
                    draw(random, type, name.contains(" positive") ? 0.5 : -1, name.contains(" positive") ? 1.5 : 1));
            direction.put(name, draw(random, type, -1, 1));
        });
        states.forEach((name, type) -> engine.state(name, draw(random, type, -1, 1)));
        tokens.forEach((name, type) -> engine.bindTokens(
                name, random.ints(rows(type.rows()), 0, VOCABULARY).toArray()));

        bind(engine, at, direction, 0);
        engine.run();
        double derived = 0;
        double scale = 0;
        for (String name : at.keySet()) {
            String bare = name.substring(name.indexOf(' ') + 1);
            RootKind kind = name.startsWith("input") ? RootKind.INPUT_GRADIENT : RootKind.GRADIENT;
            double[] gradient = engine.result(kind, bare);
            double[] along = direction.get(name);
            assertThat(gradient).hasSameSizeAs(along);
            for (int i = 0; i < gradient.length; i++) {
                derived += gradient[i] * along[i];
                scale += Math.abs(gradient[i] * along[i]);
            }
        }
        bind(engine, at, direction, STEP);
        engine.run();
        double above = engine.result(RootKind.LOSS, "loss")[0];
        bind(engine, at, direction, -STEP);
        engine.run();
        double below = engine.result(RootKind.LOSS, "loss")[0];
        double measured = (above - below) / (2 * STEP);
        // Relative to the sum of absolute terms: the directional derivative itself may happen to be near zero.
        assertThat(Math.abs(measured - derived))
                .as("central difference %s, derived %s", measured, derived)
                .isLessThanOrEqualTo(TOLERANCE * Math.max(scale, 1e-3));
        assertThat(scale).as("some gradient").isPositive();
    }

    private static void bind(
            GenericEngine engine, Map<String, double[]> at, Map<String, double[]> direction, double by) {
        at.forEach((name, values) -> {
            double[] along = direction.get(name);
            double[] moved = new double[values.length];
            for (int i = 0; i < moved.length; i++) {
                moved[i] = values[i] + by * along[i];
            }
            String bare = name.substring(name.indexOf(' ') + 1);
            if (name.startsWith("input")) {
                engine.bind(bare, moved);
            } else {
                engine.parameter(bare, moved);
            }
        });
    }

    private static double[] draw(Random random, Type type, double from, double to) {
        return random.doubles((long) rows(type.rows()) * type.width(), from, to).toArray();
    }

    private static int rows(Rows rows) {
        return switch (rows) {
            case NONE -> 1;
            case BATCH -> BATCH;
            case SEQUENCE -> STEPS * BATCH;
        };
    }
}
