package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.json.Json;
import dev.rnnc.runtime.json.JsonException;
import dev.rnnc.runtime.json.JsonValue;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Keras 2's cells, written in the language, against values that Keras recorded with six digits: other activations, the
 * reset gate before the product, both directions and their merging, states carried from run to run. By the generic engine
 * in double and by generated code in float.
 */
class KerasWitnessTest {
    private static final Path FOLDER =
            TorchCase.folder().resolveSibling("vectors-keras-js").normalize();

    /** Keras computed in float and wrote six digits. */
    private static final double RECORDED = 5e-6;

    /** Generated code computes in float itself: as in {@link GeneratedWitnessTest}. */
    private static final double FLOAT = 2e-5;

    private static final String CELLS = """
            activation linear(x) = x
            activation hard(x) = min(max(0.2 * x + 0.5, 0), 1)
            cell SimpleRNN(x[X]) -> h[H] {
              state h[H]
              param kernel[H, X], recurrent[H, H], bias[H] ~ normal(1)
              h' = ACTIVATION(kernel @ x + recurrent @ h + bias)
            }
            cell LSTM(x[X]) -> h[H] {
              state h[H], c[H]
              param kernel[4*H, X], recurrent[4*H, H], bias[4*H] ~ normal(1)
              i, f, g, o = split(kernel @ x + recurrent @ h + bias, 4)
              c' = GATE(f) * c + GATE(i) * ACTIVATION(g)
              h' = GATE(o) * ACTIVATION(c')
            }
            cell GRU(x[X]) -> h[H] {
              state h[H]
              param kernel[3*H, X], recurrent[3*H, H], bias[3*H] ~ normal(1)
              zx, rx, nx = split(kernel @ x + bias, 3)
              z = GATE(zx + recurrent[0:H] @ h)
              r = GATE(rx + recurrent[H:2*H] @ h)
              h' = z * h + (1 - z) * ACTIVATION(nx + recurrent[2*H:3*H] @ (r * h))
            }
            """;

    @TestFactory
    Stream<DynamicTest> recurrentLayersAgree() throws IOException, JsonException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String cell : List.of("SimpleRNN", "LSTM", "GRU", "Bidirectional")) {
            if (!Files.exists(FOLDER.resolve(cell + ".json"))) {
                return Stream.of(DynamicTest.dynamicTest(
                        "recorded values",
                        () -> assumeTrue(false, "needs the folder vectors-keras-js in RNNC_DATA: " + FOLDER)));
            }
            List<JsonValue> attributes = array(read("cases").get(cell));
            int index = 0;
            for (Map.Entry<String, JsonValue> recorded : read(cell).entrySet()) {
                Map<String, JsonValue> attribute = members(attributes.get(index++));
                tests.add(DynamicTest.dynamicTest(
                        recorded.getKey(), () -> agrees(cell, attribute, members(recorded.getValue()))));
            }
        }
        return tests.stream();
    }

    private static void agrees(String layer, Map<String, JsonValue> attribute, Map<String, JsonValue> recorded) {
        Map<String, JsonValue> settings = new LinkedHashMap<>(members(attribute.get("attrs")));
        boolean both = layer.equals("Bidirectional");
        String cell = layer;
        if (both) {
            Map<String, JsonValue> inner = members(settings.get("layer"));
            settings.putAll(members(inner.get("config")));
            cell = ((JsonValue.Text) inner.get("class_name")).value();
        }
        List<double[]> weights = new ArrayList<>();
        List<List<Integer>> shapes = new ArrayList<>();
        for (JsonValue weight : array(recorded.get("weights"))) {
            weights.add(data(weight));
            shapes.add(shape(weight));
        }
        List<Integer> input = shape(recorded.get("input"));
        int units = shapes.get(1).get(0);
        Setup setup = new Setup(cell, settings, both, input.get(1), units);
        Model model = Witness.model("keras", setup.text());
        Map<String, double[]> parameters = new LinkedHashMap<>();
        List<String> directions = both ? List.of("l.forward.", "l.backward.") : List.of("l.");
        int each = weights.size() / directions.size();
        for (int d = 0; d < directions.size(); d++) {
            int rows = shapes.get(d * each).get(1);
            parameters.put(directions.get(d) + "kernel", transposed(weights.get(d * each), rows));
            parameters.put(directions.get(d) + "recurrent", transposed(weights.get(d * each + 1), rows));
            parameters.put(directions.get(d) + "bias", each == 3 ? weights.get(d * each + 2) : new double[rows]);
        }
        // Keras leaves what a backward layer yields in the order in which it came.
        double[] expected = data(recorded.get("expected"));
        double[] inTime =
                setup.flag("go_backwards") && setup.flag("return_sequences") ? turned(expected, units) : expected;
        int runs = setup.flag("stateful") ? 2 : 1;
        double[] x = data(recorded.get("input"));
        assertThat(generic(model, parameters, x, input.get(0), runs)).containsExactly(inTime, within(RECORDED));
        Model inFloat = Witness.model("keras", setup.text().replace("precision double", ""));
        double[] generated = generated(inFloat, parameters, x, input.get(0), runs);
        assertThat(generated).as("generated code").containsExactly(inTime, within(FLOAT));
    }

    /** The output of the last of so many runs, each from the states that the one before left. */
    private static double[] generic(Model model, Map<String, double[]> parameters, double[] x, int steps, int runs) {
        GenericEngine engine = new GenericEngine(BuildGraph.build(model), steps, 1);
        engine.bind("x", x);
        parameters.forEach(engine::parameter);
        engine.run();
        for (int run = 1; run < runs; run++) {
            for (PortSpec state : model.spec().ports(Role.STATE)) {
                engine.state(state.name(), engine.result(RootKind.STATE, state.name()));
            }
            engine.run();
        }
        return engine.result(RootKind.OUTPUT, "y");
    }

    /** The same of generated code. */
    private static double[] generated(Model model, Map<String, double[]> values, double[] x, int steps, int runs) {
        CompiledModel compiled =
                Compiler.load(model, CompileOptions.of(ProgramKind.SEQUENCE).sized(steps, 1));
        Parameters parameters = new Parameters(compiled.spec());
        values.forEach(parameters::set);
        try (Program program = compiled.newProgram(ProgramKind.SEQUENCE, parameters)) {
            Ports.write(program, Ports.port(program, "x"), x, steps);
            for (int run = 0; run < runs; run++) {
                program.run(steps);
            }
            return Ports.read(program, Ports.port(program, "y"), steps);
        }
    }

    /** A layer's attributes, and the model they make. */
    private record Setup(String cell, Map<String, JsonValue> settings, boolean both, int input, int units) {
        boolean flag(String name) {
            return settings.get(name) instanceof JsonValue.Bool(boolean value) && value;
        }

        String word(String name, String otherwise) {
            return settings.get(name) instanceof JsonValue.Text(String value) ? value : otherwise;
        }

        String text() {
            String cells = CELLS.replace("ACTIVATION", word("activation", "tanh"))
                    .replace(
                            "GATE", word("recurrent_activation", "hard_sigmoid").replace("hard_sigmoid", "hard"));
            String call = "%s(x, %d)".formatted(cell, units);
            String directed =
                    both ? "bidirectional(" + call + ")" : flag("go_backwards") ? "backward(" + call + ")" : call;
            String end = flag("return_sequences") ? "%s" : "final(%s)";
            String forward = end.formatted("l.forward");
            String backward = end.formatted("l.backward");
            String result = !both
                    ? end.formatted("l")
                    : switch (word("merge_mode", "concat")) {
                        case "sum" -> forward + " + " + backward;
                        case "mul" -> forward + " * " + backward;
                        case "ave" -> "(%s + %s) / 2".formatted(forward, backward);
                        default -> end.formatted("l");
                    };
            return cells
                    + "model Keras { precision double input x : real[%d] sequence layer l = %s output y = %s }"
                            .formatted(input, directed, result);
        }
    }

    private static double[] transposed(double[] values, int rows) {
        int columns = values.length / rows;
        double[] turned = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % rows * columns + i / rows] = values[i];
        }
        return turned;
    }

    private static double[] turned(double[] sequence, int width) {
        double[] turned = new double[sequence.length];
        int steps = sequence.length / width;
        for (int t = 0; t < steps; t++) {
            System.arraycopy(sequence, t * width, turned, (steps - 1 - t) * width, width);
        }
        return turned;
    }

    private static Map<String, JsonValue> read(String name) throws IOException, JsonException {
        return members(Json.parse(Files.readString(FOLDER.resolve(name + ".json"))));
    }

    private static Map<String, JsonValue> members(JsonValue value) {
        return ((JsonValue.Members) value).members();
    }

    private static List<JsonValue> array(JsonValue value) {
        return ((JsonValue.Array) value).elements();
    }

    private static double[] data(JsonValue tensor) {
        return numbers(members(tensor).get("data"));
    }

    private static List<Integer> shape(JsonValue tensor) {
        return Arrays.stream(numbers(members(tensor).get("shape")))
                .mapToObj(d -> (int) d)
                .toList();
    }

    private static double[] numbers(JsonValue values) {
        return array(values).stream()
                .mapToDouble(v -> Double.parseDouble(((JsonValue.Number) v).literal()))
                .toArray();
    }
}
