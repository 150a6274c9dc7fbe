package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.build.BuildOptions;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.driver.CompileOptions;
import dev.rnnc.compiler.driver.Compiler;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.CompiledModel;
import dev.rnnc.runtime.Initialization;
import dev.rnnc.runtime.Parameters;
import dev.rnnc.runtime.Ports;
import dev.rnnc.runtime.Program;
import dev.rnnc.runtime.spec.ParameterSpec;
import dev.rnnc.runtime.spec.PortSpec;
import dev.rnnc.runtime.spec.ProgramKind;
import dev.rnnc.runtime.spec.Role;
import dev.rnnc.runtime.spec.Rows;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A sequence gets in a padded batch exactly what it gets alone, whatever stands in the padding. */
class PaddingTest {
    private static final int STEPS = 6;
    private static final List<Integer> LENGTHS = List.of(4, 6, 0, 1);

    private static final String TEXT = """
            cell running(x[X]) -> y[X] {
              state m[X]
              m' = 0.7 * m + x
              y = m' - 1
            }
            cell listener(x[X], keys[K] sequence, values[V] sequence; A) -> h[H] {
              state h[H]
              param weight[A, K], recurrent[A, H], feed[H, X], read[H, K + V] ~ uniform(0.5)
              own  = attend(sum(tanh(weight @ keys + recurrent @ h)), values)
              seen = attention_additive(h, keys, A: A)
              h' = tanh(feed @ x + read @ concat(seen, own))
            }
            model Padded {
              precision double
              input x : real[3] sequence
              input z : real[2] sequence
              input h0 : real[4]
              target g : real[8] sequence
              target t : real[2]
              layer a = bidirectional(lstm(concat(x, dense(z, 2)), 4, initial: {forward.h: h0}))
              layer b = backward(gru(a, 4)) + dense(a, 4)
              layer r = running(b)
              output series = concat(r, b) * exp(a)
              output sums   = concat(sum(b), mean(r), max(r), min(b))
              output ends   = concat(first(b), last(r), final(r.m), final(a.forward.c), last(x), first(z), last(z))
              output seen   = attention(dense(b, 3), dense(r, 3), concat(a, b)) + concat(a, b)
              layer  told   = listener(x, b, concat(z, b), 4, A: 3)
              output heard  = attention_additive(told, a, A: 3) + concat(told, told)
              output looked = attention(dense(last(b), 8), a)
              output before = concat(previous(x, start: 0.5), previous(z))
              output label  = dense(concat(sums, ends, looked), 2)
              loss sum(series * g) + sum(seen) + sum(heard * g) + sum(before ^ 2) + sum((label - t) ^ 2)
                + sum(max(sums, 0))
            }
            """;

    private final Model model = model();
    private final Map<String, double[]> parameters = parameters(model);
    private final Random random = new Random(3);

    /** What goes in for each sequence of the batch, full length. */
    private final Map<String, double[][]> given = Map.of(
            "x", random(STEPS * 3), "z", random(STEPS * 2), "g", random(STEPS * 8), "h0", random(4), "t", random(2));

    private double[][] random(int size) {
        return LENGTHS.stream().map(l -> random.doubles(size, -1, 1).toArray()).toArray(double[][]::new);
    }

    @Test
    void outputsStatesAndGradientsAreThoseOfEachSequenceAlone() {
        Map<String, double[]> padded = padded(Double.NaN);
        Map<String, double[]> summed = new LinkedHashMap<>();
        double loss = 0;
        for (int row = 0; row < LENGTHS.size(); row++) {
            if (LENGTHS.get(row) == 0) {
                loss += lossOfNothing(row);
                continue;
            }
            Map<String, double[]> alone = alone(row);
            for (PortSpec port : model.spec().ports()) {
                if (port.role() == Role.OUTPUT || port.role() == Role.STATE || port.role() == Role.LAYER) {
                    same(port.name(), row(port, padded.get(port.name()), row), full(port, alone.get(port.name())));
                } else if (port.role() == Role.INPUT) {
                    String name = "grad." + port.name();
                    same(name, row(port, padded.get(name), row), full(port, alone.get(name)));
                }
            }
            loss += alone.get("loss")[0];
            model.spec().parameters().forEach(p -> summed.merge(p.name(), alone.get(p.name()), PaddingTest::plus));
        }
        assertThat(padded.get("loss")[0]).isCloseTo(loss, within(1e-9));
        // The sequence of no steps has an own label, which depends on the label's bias and initial state alone.
        model.spec().parameters().stream()
                .filter(p -> !p.name().startsWith("label."))
                .forEach(p -> same(p.name(), padded.get(p.name()), summed.get(p.name())));
    }

    @Test
    void aSequenceOfNoStepsKeepsItsStatesAndYieldsZeros() {
        Map<String, double[]> padded = padded(Double.NaN);
        int empty = LENGTHS.indexOf(0);
        for (PortSpec port : model.spec().ports(Role.OUTPUT)) {
            // What a row without steps looks at and its label still depend on biases.
            if (!port.name().equals("label")) {
                double[] found = row(port, padded.get(port.name()), empty);
                same(port.name(), found, new double[found.length]);
            }
        }
        for (PortSpec port : model.spec().ports(Role.STATE)) {
            double[] expected = port.name().equals("a.forward.h") ? given.get("h0")[empty] : new double[port.width()];
            same(port.name(), row(port, padded.get(port.name()), empty), expected);
        }
    }

    @Test
    void whatStandsInThePaddingChangesNothing() {
        Map<String, double[]> first = padded(Double.NaN);
        padded(7e5).forEach((name, values) -> assertThat(values).as(name).isEqualTo(first.get(name)));
    }

    @Test
    void generatedCodeLeavesThePaddingOutAsWell() {
        Map<String, double[]> expected = padded(Double.NaN);
        CompileOptions options = CompileOptions.of(ProgramKind.INSPECTION)
                .sized(STEPS, LENGTHS.size())
                .withLengths(true);
        CompiledModel compiled = Compiler.load(model, options);
        Parameters values = new Parameters(compiled.spec());
        parameters.forEach(values::set);
        try (Program program = compiled.newProgram(ProgramKind.INSPECTION, values)) {
            batch(Double.NaN).forEach((name, data) -> Ports.write(program, Ports.port(program, name), data, STEPS));
            for (PortSpec port : model.lengthPorts()) {
                Ports.write(program, Ports.port(program, port.name()), lengths(), STEPS);
            }
            program.run(STEPS);
            same("loss", new double[] {program.loss()}, expected.get("loss"));
            for (PortSpec port : program.spec().ports()) {
                if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                    same(port.name(), Ports.read(program, port, STEPS), expected.get(port.name()));
                }
            }
            model.spec()
                    .parameters()
                    .forEach(p -> same(p.name(), Ports.gradient(program, p.name()), expected.get(p.name())));
        }
    }

    /** The loss of the sequence of no steps: only its label counts. */
    private double lossOfNothing(int row) {
        PortSpec port = model.spec().ports(Role.OUTPUT).stream()
                .filter(p -> p.name().equals("label"))
                .findFirst()
                .orElseThrow();
        double[] label = row(port, padded(0).get("label"), row);
        double loss = 0;
        for (int i = 0; i < label.length; i++) {
            loss += Math.pow(label[i] - given.get("t")[row][i], 2);
        }
        return loss;
    }

    private Map<String, double[]> padded(double padding) {
        Graph graph =
                BuildGraph.build(model, BuildOptions.of(model).withLengths(true).withSteps(STEPS));
        return run(graph, STEPS, LENGTHS.size(), batch(padding), true);
    }

    private Map<String, double[]> alone(int row) {
        Map<String, double[]> data = new LinkedHashMap<>();
        given.forEach((name, rows) -> {
            boolean sequence = Set.of("x", "z", "g").contains(name);
            int size = sequence ? rows[row].length / STEPS * LENGTHS.get(row) : rows[row].length;
            data.put(name, Arrays.copyOf(rows[row], size));
        });
        return run(BuildGraph.build(model), LENGTHS.get(row), 1, data, false);
    }

    private Map<String, double[]> run(
            Graph forward, int steps, int batch, Map<String, double[]> data, boolean lengths) {
        Graph graph = Differentiate.gradients(forward, Set.of("x", "z", "h0"));
        GraphVerifier.verify(graph);
        graph = Optimizer.optimize(graph);
        GenericEngine engine = new GenericEngine(graph, steps, batch);
        data.forEach(engine::bind);
        if (lengths) {
            model.lengthPorts().forEach(p -> engine.bindTokens(p.name(), lengths()));
        }
        parameters.forEach(engine::parameter);
        engine.run();
        Map<String, double[]> results = new LinkedHashMap<>();
        for (Graph.Root root : graph.roots()) {
            String name = root.kind() == RootKind.INPUT_GRADIENT ? "grad." + root.name() : root.name();
            results.put(name, engine.result(root.kind(), root.name()));
        }
        return results;
    }

    /** All sequences side by side, [T, B, features]. */
    private Map<String, double[]> batch(double padding) {
        Map<String, double[]> data = new LinkedHashMap<>();
        for (PortSpec port : model.spec().ports()) {
            if (port.role() != Role.INPUT && port.role() != Role.TARGET) {
                continue;
            }
            int steps = port.rows() == Rows.SEQUENCE ? STEPS : 1;
            int width = port.width();
            double[] values = new double[steps * LENGTHS.size() * width];
            for (int t = 0; t < steps; t++) {
                for (int b = 0; b < LENGTHS.size(); b++) {
                    for (int i = 0; i < width; i++) {
                        boolean valid = port.rows() != Rows.SEQUENCE || t < LENGTHS.get(b);
                        values[(t * LENGTHS.size() + b) * width + i] =
                                valid ? given.get(port.name())[b][t * width + i] : padding;
                    }
                }
            }
            data.put(port.name(), values);
        }
        return data;
    }

    private static int[] lengths() {
        return LENGTHS.stream().mapToInt(Integer::intValue).toArray();
    }

    /** One sequence of a batch. */
    private static double[] row(PortSpec port, double[] all, int row) {
        int width = port.width();
        int steps = all.length / width / LENGTHS.size();
        double[] values = new double[steps * width];
        for (int t = 0; t < steps; t++) {
            System.arraycopy(all, (t * LENGTHS.size() + row) * width, values, t * width, width);
        }
        return values;
    }

    /** A sequence of its own length with zeros behind it. */
    private static double[] full(PortSpec port, double[] alone) {
        return port.rows() == Rows.SEQUENCE ? Arrays.copyOf(alone, STEPS * port.width()) : alone;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        Arrays.setAll(sum, i -> a[i] + b[i]);
        return sum;
    }

    private static void same(String what, double[] found, double[] expected) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).as(what + "[" + i + "]").isCloseTo(expected[i], within(1e-9));
        }
    }

    private static Model model() {
        Checked checked = FrontEnd.check(new SourceText("padded.rnn", TEXT));
        assertThat(checked.render()).isEmpty();
        return checked.model().orElseThrow();
    }

    private static Map<String, double[]> parameters(Model model) {
        Parameters parameters = new Parameters(model.spec());
        Initialization.fill(parameters, 5);
        Map<String, double[]> values = new LinkedHashMap<>();
        for (ParameterSpec slice : parameters.slices()) {
            values.put(slice.name(), parameters.values(slice.name()));
        }
        return values;
    }
}
