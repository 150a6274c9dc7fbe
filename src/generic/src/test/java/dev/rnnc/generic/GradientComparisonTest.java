package dev.rnnc.generic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rnnc.compiler.diag.SourceText;
import dev.rnnc.compiler.model.Model;
import dev.rnnc.compiler.sema.FrontEnd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's gradient beside a difference of its loss. */
class GradientComparisonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "input x : real[3] sequence  target y : real[2] sequence  output p = dense(lstm(x, 4), 2)  loss mse(p, y)",
                "input x : token(5) sequence  target y : token(5) sequence"
                        + "  output p = dense(gru(dropout(embed(x, 3), 0.5), 4), 5)  loss crossentropy(p, y)",
                "input x : real[3]  target y : real[2]  output p = sigmoid(dense(x, 2))  loss bce(p, y)",
                "input x : real[2] sequence  target y : token(3)  output p = dense(last(gru(x, 4)), 3)"
                        + "  loss crossentropy(p, y)  train { steps 2  batch 7 }"
            })
    void agreesForSoundModels(String body) {
        GradientComparison comparison = GradientComparison.of(model(body), 1);

        assertThat(comparison.isFinite()).isTrue();
        assertThat(comparison.agrees()).as("%s", comparison).isTrue();
        assertThat(comparison.scale()).isPositive();
    }

    @Test
    void noticesAGradientThatIsNotTheLosss() {
        GradientComparison comparison = GradientComparison.of(
                model(
                        "input x : real[3]  target y : real[2]  layer h = dense(x, 4)  output p = dense(h + detach(tanh(h)), 2)"
                                + "  loss mse(p, y)"),
                1);

        assertThat(comparison.agrees()).as("%s", comparison).isFalse();
    }

    @Test
    void saysWhereTheLossIsNoNumber() {
        GradientComparison comparison = GradientComparison.of(
                model("input x : real[3]  target y : real[2]  output p = log(dense(x, 2) - 10)  loss mse(p, y)"), 1);

        assertThat(comparison.isFinite()).isFalse();
    }

    private static Model model(String body) {
        var checked = FrontEnd.check(new SourceText("m.rnn", "model M { " + body + " }"));
        return checked.model().orElseThrow(() -> new IllegalArgumentException(checked.render()));
    }
}
