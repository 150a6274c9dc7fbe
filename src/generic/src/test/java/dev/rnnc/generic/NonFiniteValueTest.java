package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.build.BuildGraph;
import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.FrontEnd;
import dev.rnnc.runtime.Parameters;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NonFiniteValueTest {
    private static final int STEPS = 5;
    private static final int BATCH = 3;
    private static final int HIDDEN = 4;

    private final Model model =
            FrontEnd.check(new SourceText("m.rnn", """
                    model M {
                      input x : real[2] sequence
                      layer first = lstm(x, 4)
                      output y = dense(first, 2)
                    }
                    """)).model().orElseThrow();

    private Optional<NonFiniteValue> run(float[] x, float gateWeight) {
        GenericFloatEngine engine = new GenericFloatEngine(BuildGraph.build(model), STEPS, BATCH);
        Parameters parameters = new Parameters(model.spec());
        double[] weight = new double[4 * HIDDEN * 2];
        // The rows of gate g, the third of i, f, g and o.
        Arrays.fill(weight, 2 * HIDDEN * 2, 3 * HIDDEN * 2, gateWeight);
        parameters.set("first.weight_ih", weight);
        engine.parameters(parameters);
        engine.bind("x", x);
        return engine.runToNonFinite();
    }

    private static float[] only(int step, int row, float value) {
        float[] x = new float[STEPS * BATCH * 2];
        x[(step * BATCH + row) * 2] = value;
        return x;
    }

    @Test
    void theGateIsNamedWithItsTimeStepAndRow() {
        NonFiniteValue found = run(only(3, 1, 2), 3e38f).orElseThrow();
        assertThat(found.layer()).isEqualTo("first");
        assertThat(found.name()).isEqualTo("g");
        assertThat(found.step()).isEqualTo(3);
        assertThat(found.row()).isEqualTo(1);
        assertThat(found.value()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(found.equation()).startsWith("i, f, g, o = split(");
    }

    @Test
    void soundValuesAreNoFinding() {
        assertThat(run(only(3, 1, 2), 3)).isEmpty();
    }

    @Test
    void anInputIsNamedBeforeAllThatItSpoils() {
        NonFiniteValue found = run(only(2, 0, Float.NaN), 1).orElseThrow();
        assertThat(found.input()).isTrue();
        assertThat(found).hasToString("NaN in the data of 'x'");
        assertThat(found.step()).isEqualTo(2);
        assertThat(found.row()).isZero();
    }
}
