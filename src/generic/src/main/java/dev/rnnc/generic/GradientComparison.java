package dev.rnnc.generic;

import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.Op;
import dev.rnnc.compiler.graph.Value;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.spec.Element;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The derived gradient of a model's loss beside a central difference of the loss, in double precision, in one random
 * direction d through all parameters: {@code (loss(w + h d) - loss(w - h d)) / 2h}. That takes two runs whatever the
 * number of parameters is. Without dropout; sequences are as long as the run, inputs random.
 *
 * @param measured the central difference
 * @param derived the gradient's product with the direction
 * @param scale the sum of that product's absolute terms: what the two are compared to, for they may happen to be near zero
 */
public record GradientComparison(double measured, double derived, double scale) {
    /** The error of the difference is about {@code h^2 f'''/6 + 1e-16 f/h}: near 1e-11 for functions of size 1. */
    private static final double STEP = 1e-5;

    private static final double TOLERANCE = 1e-5;

    /** Compared to a smaller scale, rounding alone could look like a difference. */
    private static final double LEAST_SCALE = 1e-3;

    /** Enough for every state to pass through time, few enough for large models. */
    private static final int STEPS = 4;

    private static final int BATCH = 2;

    /**
     * Compares the two.
     *
     * @param model a model with a loss
     * @param seed of weights, inputs and direction
     */
    public static GradientComparison of(Model model, long seed) {
        int own = model.spec().train() == null ? STEPS : model.spec().train().steps();
        int steps = Math.max(1, Math.min(STEPS, own));
        Graph graph = Compiler.optimized(
                model, ProgramKind.INSPECTION, BuildOptions.of(model).withSteps(steps));
        GenericEngine engine = new GenericEngine(graph, steps, BATCH);
        Random random = new Random(seed);
        bindPorts(engine, graph, model, steps, random);
        Map<String, double[]> weights = weights(model, graph, seed);
        Map<String, double[]> direction = new LinkedHashMap<>();
        weights.forEach((name, values) ->
                direction.put(name, random.doubles(values.length, -1, 1).toArray()));

        bind(engine, weights, direction, 0);
        engine.run();
        double derived = 0;
        double scale = 0;
        for (Map.Entry<String, double[]> along : direction.entrySet()) {
            double[] gradient = engine.result(RootKind.GRADIENT, along.getKey());
            for (int i = 0; i < gradient.length; i++) {
                double term = gradient[i] * along.getValue()[i];
                derived += term;
                scale += Math.abs(term);
            }
        }
        double above = loss(engine, weights, direction, STEP);
        double below = loss(engine, weights, direction, -STEP);
        return new GradientComparison((above - below) / (2 * STEP), derived, scale);
    }

    /** Whether both are numbers; a logarithm of a random input, for one, may be none. */
    public boolean isFinite() {
        return Double.isFinite(measured) && Double.isFinite(derived) && Double.isFinite(scale);
    }

    /** Whether they are the same but for rounding. */
    public boolean agrees() {
        return Math.abs(measured - derived) <= TOLERANCE * Math.max(scale, LEAST_SCALE);
    }

    private static double loss(
            GenericEngine engine, Map<String, double[]> weights, Map<String, double[]> direction, double by) {
        bind(engine, weights, direction, by);
        engine.run();
        return engine.number(RootKind.LOSS, "loss");
    }

    /** Real inputs in [-1, 1), real targets in [0, 1), where every loss of the library is defined. */
    private static void bindPorts(GenericEngine engine, Graph graph, Model model, int steps, Random random) {
        Set<String> read = leaves(graph, Op.Input.class, Op.Input::name);
        for (PortSpec port : model.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET || !read.contains(port.name())) {
                continue;
            }
            int rows = port.rows() == Rows.SEQUENCE ? steps * BATCH : port.rows() == Rows.BATCH ? BATCH : 1;
            int width = port.shape().stream().reduce(1, (a, b) -> a * b);
            if (port.element() == Element.TOKEN) {
                engine.bindTokens(
                        port.name(),
                        random.ints((long) rows * width, 0, port.vocabulary()).toArray());
            } else {
                double from = port.role() == Role.INPUT ? -1 : 0;
                engine.bind(
                        port.name(),
                        random.doubles((long) rows * width, from, 1).toArray());
            }
        }
    }

    private static Map<String, double[]> weights(Model model, Graph graph, long seed) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, seed);
        Set<String> read = leaves(graph, Op.Parameter.class, Op.Parameter::name);
        Map<String, double[]> weights = new LinkedHashMap<>();
        for (ParameterSpec parameter : parameters.slices()) {
            if (read.contains(parameter.name())) {
                weights.put(parameter.name(), parameters.values(parameter.name()));
            }
        }
        return weights;
    }

    private static <O extends Op> Set<String> leaves(
            Graph graph, Class<O> kind, java.util.function.Function<O, String> name) {
        return graph.values().stream()
                .map(Value::op)
                .filter(kind::isInstance)
                .map(kind::cast)
                .map(name)
                .collect(Collectors.toSet());
    }

    private static void bind(
            GenericEngine engine, Map<String, double[]> weights, Map<String, double[]> direction, double by) {
        weights.forEach((name, values) -> {
            double[] along = direction.get(name);
            double[] moved = values.clone();
            for (int i = 0; i < moved.length; i++) {
                moved[i] += by * along[i];
            }
            engine.parameter(name, moved);
        });
    }
}
