package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rnnc.compiler.autodiff.Differentiate;
import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.explain.RecurrentBound;
import dev.rnnc.compiler.graph.Graph;
import dev.rnnc.compiler.graph.Graph.RootKind;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.Checked;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.spec.ParameterSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound that a cell's equations give for its gradient's way back. */
class RecurrentBoundTest {
    private static final int STEPS = 6;
    private static final int BATCH = 3;
    private static final int UNITS = 4;

    private static final String MODEL = """
            model Bound {
              precision double
              input x : real[3] sequence
              target y : real[4]
              layer h = %s(x, 4)
              output p = last(h)
              loss mse(p, y)
            }
            """;

    private final Random random = new Random(7);
    private final Map<String, double[]> parameters = new HashMap<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rnn",
                "rnn_relu",
                "lstm",
                "gru",
                "gru_reset_before",
                "lstm_peephole",
                "lstm_coupled",
                "mgu",
                "indrnn"
            })
    void noGradientIsAboveIt(String cell) {
        Model model = model(cell);
        Graph graph = BuildGraph.build(model);
        for (ParameterSpec parameter : model.spec().parameters()) {
            parameters.put(
                    parameter.name(),
                    random.doubles(parameter.size(), -0.9, 0.9).toArray());
        }
        RecurrentBound bound = RecurrentBound.of(graph, parameters::get).getFirst();
        assertThat(bound.factor()).as("a bound of " + cell).isPositive().isLessThan(50);

        GenericEngine engine = new GenericEngine(Differentiate.withStates(graph, Set.of()), STEPS, BATCH);
        parameters.forEach(engine::parameter);
        engine.bind("x", random.doubles(STEPS * BATCH * 3L, -1, 1).toArray());
        engine.bind("y", random.doubles(BATCH * (long) UNITS, -1, 1).toArray());
        engine.run();
        double[] norms = new double[STEPS];
        for (String state : bound.states()) {
            double[] gradient = engine.result(RootKind.STATE_GRADIENT, state);
            for (int i = 0; i < gradient.length; i++) {
                norms[i / (BATCH * UNITS)] += gradient[i] * gradient[i];
            }
        }
        for (int t = 0; t < STEPS; t++) {
            double limit = bound.spread() * Math.pow(bound.factor(), STEPS - 1 - t) * Math.sqrt(norms[STEPS - 1]);
            assertThat(Math.sqrt(norms[t])).as("step %d", t).isPositive().isLessThanOrEqualTo(limit * (1 + 1e-9));
        }
    }

    @Test
    void ofAVanillaNetworkIsTheLargestSingularValueOfItsMatrix() {
        Graph graph = BuildGraph.build(model("rnn"));
        // Four numbers in the diagonal, two of them swapped: the singular values are their absolute values.
        double[] matrix = {0, 0.5, 0, 0, -1.25, 0, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 0.1};
        RecurrentBound bound = RecurrentBound.of(graph, name -> name.equals("h.weight_hh") ? matrix : new double[16])
                .getFirst();
        assertThat(bound.factor()).isCloseTo(1.25, within(1e-9));
        assertThat(bound.spread()).isEqualTo(1);
        assertThat(bound.norms()).containsOnlyKeys("h.weight_hh");
        assertThat(bound.direct()).containsExactly(0.0);
        assertThat(bound.assumed()).isEmpty();
    }

    @Test
    void knowsThatAnLstmsCellPassesItsForgetGateOnly() {
        Graph graph = BuildGraph.build(model("lstm"));
        RecurrentBound bound = RecurrentBound.of(graph, _ -> new double[64]).getFirst();
        assertThat(bound.states()).containsExactly("h.h", "h.c");
        assertThat(bound.direct()).containsExactly(0.0, 1.0);
        // With all weights zero only the forget gate is left, and c passes on to h by at most 1.
        assertThat(bound.factor()).isCloseTo(Math.sqrt(2), within(1e-9));
        assertThat(bound.assumed()).isEmpty();
        double[] some = random.doubles(64, 0.1, 0.2).toArray();
        assertThat(RecurrentBound.of(graph, _ -> some).getFirst().assumed()).containsExactly("h.c");
    }

    @Test
    void saysWhichStatesItTakesToBeSmall() {
        String cell = "cell odd(x[X]) -> h[H] { state h[H]  param w[H, X] ~ uniform(1)  h' = exp(h) + w @ x }\n";
        Checked checked = FrontEnd.check(new SourceText("odd.rnn", cell + MODEL.formatted("odd")));
        List<RecurrentBound> bounds =
                RecurrentBound.of(BuildGraph.build(checked.model().orElseThrow()), _ -> new double[12]);
        assertThat(bounds.getFirst().assumed()).containsExactly("h.h");
        assertThat(bounds.getFirst().factor()).isCloseTo(Math.E, within(1e-9));
    }

    private static Model model(String cell) {
        Checked checked = FrontEnd.check(new SourceText("bound.rnn", MODEL.formatted(cell)));
        return checked.model().orElseThrow(() -> new AssertionError(checked.render()));
    }
}
