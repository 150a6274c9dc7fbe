package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.ExposeActivations;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.ProgramSpec;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.train.GradientFlow;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The gradient of a recurrent state after each step, and what gates give. To each state of the first cell something is
 * added that is an input, so that a difference of losses says what the gradient of the state must be.
 */
class GradientFlowTest {
    private static final int STEPS = 4;
    private static final int BATCH = 3;
    private static final int[] LENGTHS = {4, 2, 3};

    private static final String CELL = """
            cell added(x[X], to_h[H], to_c[H]) -> h[H] {
              state h[H], c[H]
              param weight_ih[4*H, X], weight_hh[4*H, H], bias[4*H] ~ uniform(1)
              i, f, g, o = split(weight_ih @ x + weight_hh @ h + bias, 4)
              c' = sigmoid(f) * c + sigmoid(i) * tanh(g) + to_c
              h' = sigmoid(o) * tanh(c') + to_h
            }
            """;

    private static final String MODEL = """
            model Flow {
              precision %s
              input x : real[3] sequence
              input to_h : real[5] sequence
              input to_c : real[5] sequence
              target y : real[2] sequence
              layer first = added(x, to_h, to_c)
              layer second = rnn_relu(first, 6)
              layer both = bidirectional(gru(second, 4))
              output p = dense(both, 2)
              loss mse(p, y)
            }
            """;

    private final Random random = new Random(3);
    private final Map<String, double[]> values = new LinkedHashMap<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isTheDifferenceOfLosses(boolean lengths) {
        Model model = model("double");
        GenericEngine engine = engine(model, lengths);
        Map<String, double[]> derived = new HashMap<>();
        for (String state : List.of("h", "c")) {
            derived.put(state, engine.result(RootKind.STATE_GRADIENT, "first." + state));
            assertThat(derived.get(state)).hasSize(STEPS * BATCH * 5);
        }
        for (String state : List.of("h", "c")) {
            double[] added = values.get("to_" + state);
            for (int i = 0; i < added.length; i++) {
                double above = loss(engine, "to_" + state, i, 1e-5);
                double below = loss(engine, "to_" + state, i, -1e-5);
                assertThat(derived.get(state)[i])
                        .as("dL/d%s, element %d", state, i)
                        .isCloseTo((above - below) / 2e-5, within(1e-8));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"double, false", "double, true", "float, false", "float, true"})
    void isTheSameInCompiledCode(String precision, boolean lengths) {
        Model model = model(precision);
        GenericEngine engine = engine(model, lengths);
        Map<BackendKind, Map<String, double[]>> found = new HashMap<>();
        for (BackendKind backend : BackendKind.values()) {
            CompileOptions options = CompileOptions.of(ProgramKind.TRAINING)
                    .sized(STEPS, BATCH)
                    .withLengths(lengths)
                    .by(backend);
            Map<String, double[]> results = run(model, options.withGradientFlow(true), lengths);
            run(model, options, lengths)
                    .forEach((name, plain) -> assertThat(results.get(name))
                            .as(name)
                            .containsExactly(plain, within(precision.equals("float") ? 1e-6 : 1e-14)));
            found.put(backend, results);
        }
        assertThat(found.get(BackendKind.JAVA).keySet())
                .isEqualTo(found.get(BackendKind.BYTECODE).keySet());
        found.get(BackendKind.JAVA)
                .forEach((name, result) -> assertThat(
                                found.get(BackendKind.BYTECODE).get(name))
                        .as(name)
                        .isEqualTo(result));
        double error = precision.equals("float") ? 2e-5 : 1e-12;
        Map<String, double[]> results = found.get(BackendKind.BYTECODE);
        List<String> states = List.of("first.h", "first.c", "second.h", "both.forward.h", "both.backward.h");
        for (String state : states) {
            assertThat(results.get("grad." + state))
                    .as(state)
                    .containsExactly(engine.result(RootKind.STATE_GRADIENT, state), within(error));
        }
        List<String> activations = results.keySet().stream()
                .filter(n -> n.endsWith(".sigmoid") || n.endsWith(".tanh") || n.endsWith(".relu"))
                .toList();
        assertThat(activations)
                .contains("first.i.sigmoid", "first.f.sigmoid", "first.g.tanh", "first.c'.tanh", "second.h'.relu")
                .contains("both.forward.z.sigmoid", "both.backward.n.tanh");
        for (String activation : activations) {
            double[] expected = engine.result(RootKind.ACTIVATION, activation);
            assertThat(results.get(activation)).as(activation).containsExactly(expected, within(error));
            for (int row = 0; row < STEPS * BATCH; row++) {
                int width = expected.length / (STEPS * BATCH);
                boolean padded = lengths && row / BATCH >= LENGTHS[row % BATCH];
                assertThat(expected[row * width] == ExposeActivations.PADDED)
                        .as("%s, row %d", activation, row)
                        .isEqualTo(padded);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn(x, 3) + lstm(x, 3) + lstmp(x, 3, C: 4) + gru(x, 3) + gru_reset_before(x, 3)",
                "lstm_coupled(x, 3) + mgu(x, 3) + indrnn(x, 3) + sru(dense(x, 3)) + ligru(x, 3) + lstm_peephole(x, 3)",
                "lstm_layernorm(x, 3) + gru_layernorm(x, 3) + lstm_zoneout(x, 3, zone_h: 0.3) + lstm_dropout(x, 3)",
                "backward(gru(relu(dense(x, 4)), 3)) + attention(rnn(dropout(x, 0.4), 3), dense(tanh(x), 3))"
            })
    void worksForEveryCellOfTheLibrary(String sum) {
        String text = "model Cells { input x : real[5] sequence  target g : real[3] sequence  output y = " + sum
                + "  loss mse(y, g) }";
        Checked checked = FrontEnd.check(new SourceText("cells.rnn", text));
        Model model = checked.model().orElseThrow(() -> new AssertionError(checked.render()));
        for (boolean lengths : new boolean[] {false, true}) {
            GenericEngine engine = engine(model, lengths);
            CompileOptions options = CompileOptions.of(ProgramKind.TRAINING)
                    .sized(STEPS, BATCH)
                    .withLengths(lengths)
                    .withGradientFlow(true);
            Map<String, double[]> results = run(model, options, lengths);
            for (PortSpec state : model.spec().ports(Role.STATE)) {
                assertThat(results.get("grad." + state.name()))
                        .as(state.name())
                        .containsExactly(engine.result(RootKind.STATE_GRADIENT, state.name()), within(2e-5));
            }
            results.keySet().stream()
                    .filter(n -> n.matches(".*(sigmoid|tanh|relu)"))
                    .forEach(n -> assertThat(results.get(n))
                            .as(n)
                            .containsExactly(engine.result(RootKind.ACTIVATION, n), within(2e-5)));
        }
    }

    @Test
    void programsWithoutItHaveNoSuchPorts() {
        Model model = model("float");
        CompileOptions options = CompileOptions.of(ProgramKind.TRAINING).sized(STEPS, BATCH);
        ProgramSpec spec = Compiler.plan(model, options)
                .lanes()
                .getFirst()
                .programs()
                .getFirst()
                .spec();
        assertThat(spec.ports()).extracting(PortSpec::role).doesNotContain(Role.STATE_GRADIENT, Role.ACTIVATION);
    }

    @Test
    void isMeasuredAsANormForEachStepThatRan() {
        Model model = model("float");
        CompileOptions options =
                CompileOptions.of(ProgramKind.TRAINING).sized(STEPS, BATCH).withGradientFlow(true);
        GradientFlow flow = new GradientFlow();
        try (Program program = program(model, options, false)) {
            program.run(STEPS);
            double[] gradient = Ports.read(program, Ports.port(program, "grad.first.c"), STEPS);
            double[] relu = Ports.read(program, Ports.port(program, "second.h'.relu"), STEPS);
            flow.measure(List.of(program));
            GradientFlow.Curve curve = curve(flow, "first.c");
            assertThat(curve.norms()).hasSize(STEPS);
            for (int t = 0; t < STEPS; t++) {
                double square = Arrays.stream(gradient, t * BATCH * 5, (t + 1) * BATCH * 5)
                        .map(g -> g * g)
                        .sum();
                assertThat(curve.norms().get(t)).isCloseTo(Math.sqrt(square), within(1e-9));
            }
            GradientFlow.Units units = flow.units().stream()
                    .filter(u -> u.name().equals("second.h'.relu"))
                    .findFirst()
                    .orElseThrow();
            int dead = 0;
            for (int unit = 0; unit < 6; unit++) {
                boolean zero = true;
                for (int row = 0; row < STEPS * BATCH; row++) {
                    zero &= relu[row * 6 + unit] == 0;
                }
                dead += zero ? 1 : 0;
            }
            assertThat(units.dead()).isEqualTo(dead / 6.0);

            flow.clear();
            program.resetStates();
            program.run(2);
            flow.measure(List.of(program));
            assertThat(curve(flow, "first.c").norms()).hasSize(2).doesNotContain(0.0);
        }
    }

    private static GradientFlow.Curve curve(GradientFlow flow, String state) {
        return flow.curves().stream()
                .filter(c -> c.state().equals(state))
                .findFirst()
                .orElseThrow();
    }

    private static Model model(String precision) {
        Checked checked = FrontEnd.check(new SourceText("flow.rnn", CELL + MODEL.formatted(precision)));
        return checked.model().orElseThrow(() -> new AssertionError(checked.render()));
    }

    private double[] values(String name, int size) {
        return values.computeIfAbsent(
                name, _ -> random.doubles(size, -0.8, 0.8).map(v -> (float) v).toArray());
    }

    private GenericEngine engine(Model model, boolean lengths) {
        BuildOptions options = BuildOptions.of(model).withSteps(STEPS).withLengths(lengths);
        Graph forward = GraphVerifier.verify(ExposeActivations.apply(BuildGraph.build(model, options)));
        GenericEngine engine =
                new GenericEngine(GraphVerifier.verify(Differentiate.withStates(forward, Set.of())), STEPS, BATCH);
        for (ParameterSpec parameter : model.spec().parameters()) {
            engine.parameter(parameter.name(), values(parameter.name(), parameter.size()));
        }
        for (PortSpec port : data(model)) {
            engine.bind(port.name(), values(port.name(), STEPS * BATCH * port.width()));
            if (lengths) {
                engine.bindTokens(port.name() + Model.LENGTHS, LENGTHS);
            }
        }
        engine.run();
        return engine;
    }

    private double loss(GenericEngine engine, String input, int element, double by) {
        double[] moved = values.get(input).clone();
        moved[element] += by;
        engine.bind(input, moved);
        engine.run();
        engine.bind(input, values.get(input));
        return engine.number(RootKind.LOSS, "loss");
    }

    private Program program(Model model, CompileOptions options, boolean lengths) {
        Parameters parameters = new Parameters(model.spec());
        model.spec().parameters().forEach(p -> parameters.set(p.name(), values(p.name(), p.size())));
        Program program = Compiler.load(model, options).newProgram(ProgramKind.TRAINING, parameters);
        program.refresh();
        for (PortSpec port : data(model)) {
            Ports.write(program, port, values(port.name(), STEPS * BATCH * port.width()), STEPS);
            if (lengths) {
                Ports.write(program, Ports.port(program, port.name() + Model.LENGTHS), LENGTHS, STEPS);
            }
        }
        return program;
    }

    private Map<String, double[]> run(Model model, CompileOptions options, boolean lengths) {
        Map<String, double[]> results = new LinkedHashMap<>();
        try (Program program = program(model, options, lengths)) {
            program.run(STEPS);
            for (ParameterSpec parameter : model.spec().parameters()) {
                results.put(parameter.name(), Ports.gradient(program, parameter.name()));
            }
            for (PortSpec port : program.spec().ports()) {
                if (port.role() == Role.STATE_GRADIENT || port.role() == Role.ACTIVATION) {
                    results.put(port.name(), Ports.read(program, port, STEPS));
                }
            }
        }
        return results;
    }

    private static List<PortSpec> data(Model model) {
        return model.spec().ports().stream()
                .filter(p -> p.role() == Role.INPUT || p.role() == Role.TARGET)
                .toList();
    }
}
