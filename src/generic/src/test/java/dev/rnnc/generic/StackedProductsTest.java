package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.graph.GraphPrinter;
import dev.rnnc.compiler.graph.GraphVerifier;
import dev.rnnc.compiler.opt.Optimizer;
import dev.rnnc.compiler.opt.StackProducts;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cell with one equation for each gate compiles to what the library's cell with all gates in one product does. */
class StackedProductsTest {
    private static final int STEPS = 4;
    private static final int BATCH = 3;
    private static final int INPUTS = 5;

    private static final String LSTM = """
            cell lstm_gates(x[X]) -> h[H] {
              state h[H], c[H]
              param ii[H, X], if[H, X], ig[H, X], io[H, X], hi[H, H], hf[H, H], hg[H, H], ho[H, H] ~ uniform(1)
              param ii_bias[H], if_bias[H], ig_bias[H], io_bias[H] ~ uniform(1)
              param hi_bias[H], hf_bias[H], hg_bias[H], ho_bias[H] ~ uniform(1)
              i = ii @ x + ii_bias + hi @ h + hi_bias
              f = if @ x + if_bias + hf @ h + hf_bias
              g = ig @ x + ig_bias + hg @ h + hg_bias
              o = io @ x + io_bias + ho @ h + ho_bias
              c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
              h' = sigmoid(o) * tanh(c')
            }
            """;

    private static final String GRU = """
            cell gru_gates(x[X]) -> h[H] {
              state h[H]
              param ir[H, X], iz[H, X], in[H, X], hr[H, H], hz[H, H], hn[H, H] ~ uniform(1)
              param ir_bias[H], iz_bias[H], in_bias[H], hr_bias[H], hz_bias[H], hn_bias[H] ~ uniform(1)
              r = sigmoid(ir @ x + ir_bias + hr @ h + hr_bias)
              z = sigmoid(iz @ x + iz_bias + hz @ h + hz_bias)
              n = tanh(in @ x + in_bias + r * (hn @ h + hn_bias))
              h' = (1 - z) * n + z * h
            }
            """;

    @ParameterizedTest
    @CsvSource({"lstm, ifgo, 16", "lstm, ifgo, 3", "gru, rzn, 16", "gru, rzn, 3"})
    void hasTheOperationsOfTheStackedForm(String cell, String gates, int hidden) {
        Graph stacked = optimized(cell, hidden);
        Graph byGate = optimized(cell + "_gates", hidden);

        assertThat(operations(byGate)).isEqualTo(operations(stacked));
    }

    @ParameterizedTest
    @CsvSource({"lstm, ifgo, 16", "lstm, ifgo, 3", "gru, rzn, 16", "gru, rzn, 3"})
    void computesWhatTheStackedFormComputes(String cell, String gates, int hidden) {
        Random random = new Random(7);
        double[] x = random.doubles(STEPS * BATCH * INPUTS, -1, 1).toArray();
        double[] target = random.doubles(STEPS * BATCH * hidden, -1, 1).toArray();
        Map<String, double[]> whole = new LinkedHashMap<>();
        Map<String, double[]> parts = new LinkedHashMap<>();
        for (String kind : List.of("weight_ih", "bias_ih", "weight_hh", "bias_hh")) {
            List<double[]> pieces = new ArrayList<>();
            for (char gate : gates.toCharArray()) {
                int size = hidden * (kind.equals("weight_ih") ? INPUTS : kind.equals("weight_hh") ? hidden : 1);
                double[] piece = random.doubles(size, -0.5, 0.5).toArray();
                pieces.add(piece);
                parts.put("y." + partName(kind, gate), piece);
            }
            whole.put(
                    "y." + kind,
                    pieces.stream().flatMapToDouble(java.util.Arrays::stream).toArray());
        }
        GenericEngine stacked = run(optimized(cell, hidden), x, target, whole);
        GenericEngine byGate = run(optimized(cell + "_gates", hidden), x, target, parts);

        same(byGate.result(RootKind.OUTPUT, "y"), stacked.result(RootKind.OUTPUT, "y"));
        same(byGate.result(RootKind.INPUT_GRADIENT, "x"), stacked.result(RootKind.INPUT_GRADIENT, "x"));
        for (String kind : List.of("weight_ih", "bias_ih", "weight_hh", "bias_hh")) {
            double[] gradients = gates.chars()
                    .mapToObj(gate -> byGate.result(RootKind.GRADIENT, "y." + partName(kind, (char) gate)))
                    .flatMapToDouble(java.util.Arrays::stream)
                    .toArray();
            same(gradients, stacked.result(RootKind.GRADIENT, "y." + kind));
        }
    }

    @ParameterizedTest
    @CsvSource({"lstm_gates, 16", "lstm_gates, 3", "gru_gates, 16", "gru_gates, 3"})
    void generatedCodeAgrees(String cell, int hidden) {
        GeneratedOpTest.agrees(StackProducts.apply(forward(cell, hidden)));
    }

    private static String partName(String kind, char gate) {
        String name = kind.substring(kind.length() - 2, kind.length() - 1) + gate;
        return kind.startsWith("bias") ? name + "_bias" : name;
    }

    private static GenericEngine run(Graph graph, double[] x, double[] target, Map<String, double[]> parameters) {
        GenericEngine engine = new GenericEngine(graph, STEPS, BATCH);
        engine.bind("x", x);
        engine.bind("g", target);
        parameters.forEach(engine::parameter);
        engine.run();
        return engine;
    }

    private static Graph forward(String cell, int hidden) {
        String text = LSTM + GRU + """
                model Gates {
                  input x : real[%d] sequence
                  target g : real[%d] sequence
                  output y = %s(x, %d)
                  loss mse(y, g)
                }
                """.formatted(INPUTS, hidden, cell, hidden);
        Checked checked = FrontEnd.check(new SourceText("gates.rnn", text));
        assertThat(checked.render()).isEmpty();
        return BuildGraph.build(checked.model().orElseThrow());
    }

    private static Graph optimized(String cell, int hidden) {
        Graph graph = GraphVerifier.verify(StackProducts.apply(forward(cell, hidden)));
        return GraphVerifier.verify(Optimizer.optimize(Differentiate.gradients(graph, Set.of("x"))));
    }

    /**
     * The printed operations of the graph, and of each scan, without names and in alphabetical order. Left out is what
     * parameters in pieces bring along: the pieces, their concatenation, and the slices of their gradients.
     */
    private static List<String> operations(Graph graph) {
        return GraphPrinter.print(graph)
                .lines()
                .filter(l -> !l.contains("= Parameter[") && !l.startsWith("root gradient"))
                .filter(l -> !l.matches("%\\d+ = (Concat|Slice).*: real\\[\\d+(, \\d+)?\\].*"))
                .map(l ->
                        l.replaceAll("%\\d+", "%").replaceAll("index=\\d+", "").replaceAll(" *//.*", ""))
                .sorted()
                .toList();
    }

    private static void same(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isEqualTo(expected[i], within(1e-13));
        }
    }
}
