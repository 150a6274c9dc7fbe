package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.driver.BackendKind;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.runtime.Lanes;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Values and slopes at the joints of functions, where they saturate and at the ends of the range are PyTorch's, in double and
 * in float, in the generic engine and in the code of both backends, which gives the same bits for every lane count.
 */
class EdgesTest {
    /** An expression at some points. */
    private record Curve(String expression, double[] x, double[] value, double[] slope) {}

    private static final List<Curve> CURVES = curves();

    /** Powers of two variables: base, exponent, value, slope by the base, slope by the exponent (NaN: none there). */
    private static final double[][] POWERS = {
        {0, 0, 1, 0, 0},
        {0, 1, 0, 1, 0},
        {0, 2, 0, 0, 0},
        {0, 0.5, 0, Double.POSITIVE_INFINITY, 0},
        {0, 3, 0, 0, 0},
        {2, 3, 8, 12, 5.545177444479562},
        {-2, 3, -8, 12, Double.NaN},
        {-2, 2, 4, -4, Double.NaN},
        {-2, 0, 1, 0, Double.NaN},
        {0x1p-40, 1.5, 8.673617379884035e-19, 1.430511474609375e-06, -2.4048373728489437e-17},
        {0x1p40, -0.5, 9.5367431640625e-07, -4.336808689942018e-19, 2.6441466543577015e-05},
        {3, 0, 1, 0, 1.0986122886681098},
        {1, 100000, 1, 100000, 0},
        {-1, 7, -1, 7, Double.NaN},
        {0.5, 40, 9.094947017729282e-13, 7.275957614183426e-11, -6.304136882681135e-13},
        {5, -2, 0.04, -0.016, 0.064377516497364},
        {0, -1, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY}
    };

    private static List<Curve> curves() {
        Map<String, List<double[]>> rows = new LinkedHashMap<>();
        try (InputStream in = EdgesTest.class.getResourceAsStream("edges.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] parts = line.split(" \\| ");
                double[] row = IntStream.range(1, 4)
                        .mapToDouble(i -> Double.parseDouble(parts[i]))
                        .toArray();
                rows.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(row);
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return rows.entrySet().stream()
                .map(e -> new Curve(
                        e.getKey(), column(e.getValue(), 0), column(e.getValue(), 1), column(e.getValue(), 2)))
                .toList();
    }

    private static double[] column(List<double[]> rows, int index) {
        return rows.stream().mapToDouble(row -> row[index]).toArray();
    }

    private static double[] powers(int index) {
        return column(List.of(POWERS), index);
    }

    private static Model model(String precision) {
        StringBuilder text = new StringBuilder("model M { precision " + precision + "\n");
        List<String> sums = new ArrayList<>();
        for (int i = 0; i < CURVES.size(); i++) {
            Curve curve = CURVES.get(i);
            String expression = curve.expression.replaceAll("\\bx\\b", "x" + i);
            text.append("input x%d : real[%d]  output y%d = %s\n".formatted(i, curve.x.length, i, expression));
            sums.add("sum(y" + i + ")");
        }
        text.append(
                "input b : real[%d]  input e : real[%d]  output p = b ^ e\n".formatted(POWERS.length, POWERS.length));
        sums.add("sum(p)");
        return Witness.model("edges", text + "loss " + String.join(" + ", sums) + " }");
    }

    private static Map<String, double[]> inputs() {
        Map<String, double[]> inputs = new LinkedHashMap<>();
        for (int i = 0; i < CURVES.size(); i++) {
            inputs.put("x" + i, CURVES.get(i).x);
        }
        inputs.put("b", powers(0));
        inputs.put("e", powers(1));
        return inputs;
    }

    /** All values by their names, slopes by {@code grad.} and those of the inputs. */
    private static Map<String, double[]> generated(Model model, int lanes, BackendKind backend) {
        var compiled = Compiler.load(
                model,
                CompileOptions.of(ProgramKind.INSPECTION)
                        .sized(1, 1)
                        .lanes(lanes)
                        .by(backend));
        Map<String, double[]> found = new LinkedHashMap<>();
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, new Parameters(model.spec()))) {
            for (PortSpec port : program.spec().ports()) {
                if (port.role() == Role.INPUT) {
                    Ports.write(program, port, inputs().get(port.name()), 1);
                }
            }
            program.run(1);
            for (PortSpec port : program.spec().ports()) {
                switch (port.role()) {
                    case OUTPUT -> found.put(port.name(), Ports.read(program, port, 1));
                    case INPUT -> found.put("grad." + port.name(), Ports.gradient(program, "grad." + port.name(), 1));
                    default -> {}
                }
            }
        }
        return found;
    }

    private static void expect(Map<String, double[]> found, double tolerance, double floor) {
        for (int i = 0; i < CURVES.size(); i++) {
            Curve curve = CURVES.get(i);
            // Powers must be right however small; what saturates in float is so within a number near its values.
            double least = curve.expression.contains("^") ? Math.min(floor, 1e-36) : floor;
            same(curve.expression, curve.x, found.get("y" + i), curve.value, tolerance, least);
            same("slope of " + curve.expression, curve.x, found.get("grad.x" + i), curve.slope, tolerance, least);
        }
        double least = Math.min(floor, 1e-36);
        same("b^e", powers(0), found.get("p"), powers(2), tolerance, least);
        same("slope of b^e by b", powers(0), found.get("grad.b"), powers(3), tolerance, least);
        same("slope of b^e by e", powers(0), found.get("grad.e"), powers(4), tolerance, least);
    }

    private static void same(
            String what, double[] x, double[] found, double[] expected, double tolerance, double floor) {
        for (int i = 0; i < expected.length; i++) {
            if (Double.isInfinite(expected[i]) || Double.isNaN(expected[i])) {
                assertThat(found[i]).as("%s at %s", what, x[i]).isEqualTo(Double.valueOf(expected[i]));
            } else {
                assertThat(Math.abs(found[i] - expected[i]))
                        .as("%s at %s: %s for %s", what, x[i], found[i], expected[i])
                        .isLessThanOrEqualTo(Math.max(tolerance * Math.abs(expected[i]), floor));
            }
        }
    }

    @Test
    void theGenericEngineHasThem() {
        Model model = model("double");
        GenericEngine engine =
                new GenericEngine(Differentiate.gradients(BuildGraph.build(model), inputs().keySet()), 1, 1);
        inputs().forEach(engine::bind);
        engine.run();
        Map<String, double[]> found = new LinkedHashMap<>();
        for (PortSpec port : model.spec().ports(Role.OUTPUT)) {
            found.put(port.name(), engine.result(RootKind.OUTPUT, port.name()));
        }
        inputs().keySet().forEach(name -> found.put("grad." + name, engine.result(RootKind.INPUT_GRADIENT, name)));
        expect(found, 1e-14, 1e-300);
    }

    @Test
    void codeInDoubleHasThem() {
        Model model = model("double");
        Map<String, double[]> found = generated(model, 1, BackendKind.BYTECODE);
        expect(found, 1e-14, 1e-300);
        sameBits(found, generated(model, 1, BackendKind.JAVA), "in Java");
    }

    @Test
    void codeInFloatHasThemWithTheSameBitsForEveryLaneCount() {
        Model model = model("float");
        Map<String, double[]> found = generated(model, 1, BackendKind.BYTECODE);
        expect(found, 2e-6, 2e-7);
        IntStream.of(4, 8, 16)
                .filter(lanes -> lanes <= Lanes.count())
                .forEach(lanes -> sameBits(found, generated(model, lanes, BackendKind.BYTECODE), lanes + " lanes"));
        sameBits(found, generated(model, Lanes.count(), BackendKind.JAVA), "in Java");
    }

    @ParameterizedTest
    @ValueSource(strings = {"float", "double"})
    void binaryCrossEntropyHasThem(String precision) {
        double[][] rows = { // probability, target, loss, slope
            {0, 0, 0, 0},
            {0, 1, 100, -1000000003995.8029},
            {1, 0, 100, 1000000003995.8029},
            {1, 1, 0, 0},
            {0.25, 0.5, 0.8369882167858358, -1.3333333333333333},
            {0x1p-40, 1, 27.725887222397812, -1000000003994.8933},
            {0x1p-140, 1, 97.04060527839235, -1000000003995.8029},
            {0x1p-30, 0, 9.313225750491594e-10, 1.0000000009313226},
            {1 - 0x1p-20, 1, 9.5367477115389e-07, -1.000000953675226}
        };
        Model model = Witness.model(
                "bce",
                "model M { precision " + precision
                        + " input p : real[1] target t : real[1] loss bce(p, t) output o = p }");
        double tolerance = precision.equals("double") ? 1e-14 : 1e-6;
        var compiled =
                Compiler.load(model, CompileOptions.of(ProgramKind.INSPECTION).sized(1, 1));
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, new Parameters(model.spec()))) {
            for (double[] row : rows) {
                Ports.write(program, Ports.port(program, "p"), new double[] {row[0]}, 1);
                Ports.write(program, Ports.port(program, "t"), new double[] {row[1]}, 1);
                program.run(1);
                double[] found = {program.loss(), Ports.gradient(program, "grad.p", 1)[0]};
                same("bce", row, found, new double[] {row[2], row[3]}, tolerance, 0);
            }
        }
    }

    private static void sameBits(Map<String, double[]> found, Map<String, double[]> other, String how) {
        assertThat(other.keySet().stream().collect(Collectors.toSet())).isEqualTo(found.keySet());
        found.forEach((name, values) ->
                assertThat(other.get(name)).as(name + " " + how).containsExactly(values));
    }
}
